/** The operator's account and roles as Kubernetes objects. Pure. */
import { ServiceAccount } from '#runtime/client/kinds.ts';
import { type Applied, apiVersionOf, type KubernetesObject } from '#runtime/client/types.ts';
import { mergeRules } from '#runtime/controller/rbac.ts';
import type { PolicyRule } from '#runtime/controller/types.ts';
import type { Permissions } from './permissions.ts';
import { commonLabels, type Placement } from './placement.ts';

const rbac = 'rbac.authorization.k8s.io';

export interface Role extends KubernetesObject {
  readonly rules: readonly PolicyRule[];
}

export interface Binding extends KubernetesObject {
  readonly roleRef: { readonly apiGroup: string; readonly kind: string; readonly name: string };
  readonly subjects: readonly { readonly kind: 'ServiceAccount'; readonly namespace: string; readonly name: string }[];
}

export function serviceAccount(placement: Placement): Applied<ServiceAccount> {
  const { name, namespace } = placement;
  const metadata = { name, namespace, labels: commonLabels(placement) };
  return { apiVersion: apiVersionOf(ServiceAccount), kind: ServiceAccount.kind, metadata };
}

/** For an operator of the whole cluster. */
export function clusterRbac(placement: Placement, { cluster, served }: Permissions): (Role | Binding)[] {
  return granted(placement, 'ClusterRole', placement.name, undefined, [...cluster, ...served]);
}

/**
 * For one namespace of an operator that serves some.
 * @param namespace absent for a manifest that is applied to each with `kubectl --namespace`
 */
export function namespacedRbac(
  placement: Placement,
  { served, named }: Permissions,
  namespace?: string,
): (Role | Binding)[] {
  return granted(placement, 'Role', placement.name, namespace, [...served, ...named]);
}

/** What replicas share: in the operator's own namespace and nowhere else. */
export function ownRbac(placement: Placement, { own }: Permissions): (Role | Binding)[] {
  return granted(placement, 'Role', `${placement.name}-own`, placement.namespace, own);
}

/** A role and the binding that gives it to the operator's account. */
function granted(
  placement: Placement,
  kind: 'ClusterRole' | 'Role',
  name: string,
  namespace: string | undefined,
  rules: readonly PolicyRule[],
): (Role | Binding)[] {
  const apiVersion = `${rbac}/v1`;
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }), labels: commonLabels(placement) };
  const subject = { kind: 'ServiceAccount', namespace: placement.namespace, name: placement.name } as const;
  return [
    { apiVersion, kind, metadata, rules: mergeRules(rules) },
    { apiVersion, kind: `${kind}Binding`, metadata, roleRef: { apiGroup: rbac, kind, name }, subjects: [subject] },
  ];
}
