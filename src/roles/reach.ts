/** What a controller process serves and what it must be permitted for that, from its configuration. */
import type { Logger } from 'pino';
import type { Client, Kind } from '#runtime/client/types.ts';
import { clusterKinds, namespacedRules, policyRules } from '#runtime/controller/rbac.ts';
import { unreadableKinds } from '#runtime/manager/access.ts';
import { leaseRules } from '#runtime/manager/lease/permissions.ts';
import type { NeededGrant, StartCheck } from '#runtime/manager/start-check.ts';
import type { ControllerConfig } from '../config.ts';
import { definitions } from '../definitions.ts';

/** What has to be installed before anything can start. */
export const servedKinds: readonly Kind[] = definitions.map(({ kind }) => kind);

/** How to install the kinds, and what grants an operator of the whole cluster its permissions. */
export const installHints = {
  installKinds: 'kubectl apply --server-side -f config/crd',
  grantRules: 'kubectl apply -k config/rbac',
} as const;

/**
 * @param lease where this process stands for election; absent when it does not
 * @param besides what else this process needs
 */
export function startCheck(
  { namespaces, leaseName }: Pick<ControllerConfig, 'namespaces' | 'leaseName'>,
  lease: { readonly namespace: string } | undefined,
  besides: readonly NeededGrant[] = [],
): StartCheck {
  const served: NeededGrant[] =
    namespaces.length === 0
      ? [{ namespace: 'default', rules: policyRules(definitions) }]
      : namespaces.map((namespace) => ({ namespace, rules: namespacedRules(definitions), flag: '--namespaces' }));
  const elected =
    lease === undefined
      ? []
      : [{ namespace: lease.namespace, rules: leaseRules(leaseName), flag: '--lease-namespace' }];
  const grants = [...served, ...elected, ...besides];
  if (namespaces.length === 0) return { kinds: servedKinds, grants, ...installHints };
  const grantRules = 'kubectl apply --namespace NAMESPACE -f config/rbac/namespaced/role.yaml';
  return { kinds: servedKinds, grants, ...installHints, grantRules };
}

/** Kinds to do without: only who serves some namespaces may have too few permissions for the cluster's own. */
export async function omittedKinds(
  { namespaces }: Pick<ControllerConfig, 'namespaces'>,
  client: Client,
  log: Logger,
  signal: AbortSignal,
): Promise<readonly Kind[]> {
  if (namespaces.length === 0) return [];
  const omitted = await unreadableKinds(client, clusterKinds(definitions), signal);
  if (omitted.length > 0) {
    const names = omitted.map(({ plural }) => plural).join(' and ');
    log.info(`may not read ${names}: what depends on them is not checked beforehand, the cluster will tell`);
  }
  return omitted;
}
