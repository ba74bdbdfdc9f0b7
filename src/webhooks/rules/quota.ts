/**
 * Rule: what the Container adds does not fit into the namespace's quotas. A warning only: quotas are raised and other pods
 * go, and a GitOps controller may apply the quota after the Container; the Container starts as soon as it fits.
 */
import { claimVolumes } from '#contracts/container/claims.ts';
import { checkQuotas, type Outstanding } from '#contracts/container/quota.ts';
import type { Container } from '#crds/container.ts';
import { ResourceQuota } from '#runtime/client/kinds.ts';
import { type Admission, type Rule, warning } from '../types.ts';

export const quota: Rule<Container> = {
  name: 'quota',
  check: async (admission, { client, signal }) => {
    const { object, namespace } = admission;
    const more = added(admission);
    if (object === undefined || (more.pods === 0 && Object.keys(more.claims).length === 0)) return [];
    const { items } = await client.list(ResourceQuota, { namespace, signal });
    const violation = checkQuotas(object, more, items);
    return violation === undefined ? [] : [warning(violation.message)];
  },
};

/** Pods and claims beyond those of the stored object. */
export function added({ object, oldObject }: Admission<Container>): Outstanding {
  if (object === undefined) return { pods: 0, claims: {} };
  const more = Math.max(0, replicas(object) - replicas(oldObject));
  const before = new Set(oldObject === undefined ? [] : claimVolumes(oldObject).map(({ name }) => name));
  const claims = claimVolumes(object)
    .map(({ name }) => [name, before.has(name) ? more : replicas(object)] as const)
    .filter(([, count]) => count > 0);
  return { pods: more, claims: Object.fromEntries(claims) };
}

function replicas(container: Container | undefined): number {
  return container === undefined || container.spec.suspend ? 0 : container.spec.replicas;
}
