/** Whether the pods and claims still to be made fit into what the namespace's ResourceQuotas leave. */
import type { Container } from '#crds/container.ts';
import type { ResourceQuota } from '#runtime/client/kinds.ts';
import { parseQuantity } from '#runtime/quantity.ts';
import { claimVolumes } from './claims.ts';
import { type Amounts, amounts, formatAmount, podLimits, podRequests, type Violation } from './requests.ts';

const piece = 1_000_000_000n;

/** How many pods and claims are declared but not there yet; those that are count as used already. */
export interface Outstanding {
  pods: number;
  /** claims still to be made, by volume name */
  claims: Readonly<Record<string, number>>;
}

/** The first quota that is too small, with used, hard and wanted figures. Quotas with scopes count other pods and are passed over. */
export function checkQuotas(
  container: Container,
  outstanding: Outstanding,
  quotas: readonly ResourceQuota[],
): Violation | undefined {
  const wanted = demand(container, outstanding);
  for (const quota of quotas) {
    if (quota.spec?.scopes !== undefined || quota.spec?.scopeSelector !== undefined) continue;
    const violation = checkQuota(quota, wanted);
    if (violation !== undefined) return violation;
  }
  return undefined;
}

function checkQuota(quota: ResourceQuota, wanted: Amounts): Violation | undefined {
  const hard = amounts(quota.status?.hard ?? quota.spec?.hard ?? {});
  const used = amounts(quota.status?.used ?? {});
  for (const [resource, limit] of Object.entries(hard)) {
    const more = wanted[resource] ?? 0n;
    const inUse = used[resource] ?? 0n;
    if (more > 0n && inUse + more > limit) {
      const text = (amount: bigint) => formatAmount(resource, amount);
      return {
        reason: 'QuotaExceeded',
        message:
          `ResourceQuota ${quota.metadata.name} leaves ${text(limit > inUse ? limit - inUse : 0n)} ${resource} ` +
          `(${text(inUse)} of ${text(limit)} used), ${text(more)} more are needed; ask for less or raise the quota`,
      };
    }
  }
  return undefined;
}

/** Everything outstanding in the words quotas use: https://kubernetes.io/docs/concepts/policy/resource-quotas/ */
function demand(container: Container, { pods, claims }: Outstanding): Amounts {
  const total: Record<string, bigint> = { pods: BigInt(pods) * piece, 'count/pods': BigInt(pods) * piece };
  const add = (resource: string, amount: bigint) => {
    total[resource] = (total[resource] ?? 0n) + amount;
  };
  for (const [resource, amount] of Object.entries(podRequests(container))) {
    add(`requests.${resource}`, amount * BigInt(pods));
    add(resource, amount * BigInt(pods));
  }
  for (const [resource, amount] of Object.entries(podLimits(container)))
    add(`limits.${resource}`, amount * BigInt(pods));
  for (const { name, claim } of claimVolumes(container)) {
    const count = BigInt(claims[name] ?? 0);
    const bytes = (parseQuantity(claim.size) ?? 0n) * count;
    add('persistentvolumeclaims', count * piece);
    add('requests.storage', bytes);
    if (claim.storageClassName !== undefined) {
      add(`${claim.storageClassName}.storageclass.storage.k8s.io/requests.storage`, bytes);
      add(`${claim.storageClassName}.storageclass.storage.k8s.io/persistentvolumeclaims`, count * piece);
    }
  }
  return total;
}
