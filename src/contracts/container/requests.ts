/** What one pod of a Container asks for, as amounts that can be added and compared. */
import type { Container } from '#crds/container.ts';
import { formatBytes, formatCpu, parseQuantity } from '#runtime/quantity.ts';

/** Resource name to billionths of its unit (core, byte, piece). */
export type Amounts = Readonly<Record<string, bigint>>;

/** A reason why something does not fit, with the numbers in it. */
export interface Violation {
  reason: string;
  message: string;
}

/** The scheduler's view: a request, or the limit where only that is given. Source: "Requests and limits" in the Kubernetes docs. */
export function podRequests(container: Container): Amounts {
  const { requests = {}, limits = {} } = container.spec.resources ?? {};
  return amounts({ ...limits, ...requests });
}

export function podLimits(container: Container): Amounts {
  return amounts(container.spec.resources?.limits ?? {});
}

/** Quantities as amounts; what is no quantity is left out, for the API server refuses it with a message of its own. */
export function amounts(quantities: Readonly<Record<string, string | number>>): Amounts {
  const result: Record<string, bigint> = {};
  for (const [resource, quantity] of Object.entries(quantities)) {
    const amount = parseQuantity(quantity);
    if (amount !== undefined) result[resource] = amount;
  }
  return result;
}

/** `1500m` for cores, `1.5Gi` for bytes, a plain number for everything counted. */
export function formatAmount(resource: string, amount: bigint): string {
  return /memory|storage|hugepages/.test(resource) ? formatBytes(amount) : formatCpu(amount);
}
