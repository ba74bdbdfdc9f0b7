/** Whether the namespace's LimitRanges let one pod of a Container and its claims in. */

import { claimVolumes } from '#contracts/container/claims.ts';
import {
  type Amounts,
  amounts,
  formatAmount,
  podLimits,
  podRequests,
  type Violation,
} from '#contracts/container/requests.ts';
import type { Container } from '#crds/container.ts';
import type { LimitRange } from '#runtime/client/kinds.ts';
import { parseQuantity } from '#runtime/quantity.ts';

/** The first bound that is crossed. A pod has one container, so bounds of type Pod and Container read alike. */
export function checkLimitRanges(container: Container, ranges: readonly LimitRange[]): Violation | undefined {
  for (const range of ranges) {
    for (const { type, max = {}, min = {} } of range.spec?.limits ?? []) {
      const violation =
        type === 'PersistentVolumeClaim'
          ? claimViolation(container, range, amounts(max), amounts(min))
          : podViolation(container, range, amounts(max), amounts(min));
      if (violation !== undefined) return violation;
    }
  }
  return undefined;
}

function podViolation(container: Container, range: LimitRange, max: Amounts, min: Amounts): Violation | undefined {
  const asked = { ...podRequests(container), ...podLimits(container) };
  const least = podRequests(container);
  for (const [resource, amount] of Object.entries(asked)) {
    const bound = max[resource];
    if (bound !== undefined && amount > bound)
      return outside(range, 'spec.resources', resource, amount, 'at most', bound);
  }
  for (const [resource, amount] of Object.entries(least)) {
    const bound = min[resource];
    if (bound !== undefined && amount < bound)
      return outside(range, 'spec.resources', resource, amount, 'at least', bound);
  }
  return undefined;
}

function claimViolation(container: Container, range: LimitRange, max: Amounts, min: Amounts): Violation | undefined {
  for (const { name, claim } of claimVolumes(container)) {
    const size = parseQuantity(claim.size) ?? 0n;
    const field = `spec.volumes[${name}].claim.size`;
    if (max.storage !== undefined && size > max.storage) {
      return outside(range, field, 'storage', size, 'at most', max.storage);
    }
    if (min.storage !== undefined && size < min.storage) {
      return outside(range, field, 'storage', size, 'at least', min.storage);
    }
  }
  return undefined;
}

function outside(
  range: LimitRange,
  field: string,
  resource: string,
  amount: bigint,
  relation: string,
  bound: bigint,
): Violation {
  return {
    reason: 'LimitRangeExceeded',
    message: `${field} asks for ${formatAmount(resource, amount)} ${resource}, LimitRange ${range.metadata.name} allows ${relation} ${formatAmount(resource, bound)}`,
  };
}
