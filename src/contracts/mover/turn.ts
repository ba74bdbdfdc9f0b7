/** Whether a mover may begin yet, and where it must not: at most so many of a store work at once, and so many on one node. Pure. */

export interface TurnFacts {
  /** why the store cannot be used; undefined when it can */
  readonly notReady?: string | undefined;
  /** who has the repository to itself, if somebody does */
  readonly takenBy?: string | undefined;
  readonly maxJobs: number;
  readonly maxJobsPerNode?: number | undefined;
  /** the store's movers that have not ended; `node` once their pod has one */
  readonly active: readonly { readonly node?: string | undefined }[];
  /** names of those that take pods; undefined where the operator may not see nodes */
  readonly nodes?: readonly string[] | undefined;
  /** the only one it can run on */
  readonly node?: string | undefined;
}

export type Turn =
  | { readonly kind: 'wait'; readonly message: string }
  /** `avoid`: nodes that have as many as they may */
  | { readonly kind: 'go'; readonly avoid: readonly string[] };

export function turnOf(facts: TurnFacts): Turn {
  const { notReady, takenBy, maxJobs, maxJobsPerNode, active } = facts;
  // An attempt that cannot succeed is none: a store that comes back late would find them all used up.
  if (notReady !== undefined) return wait(notReady);
  if (takenBy !== undefined) return wait(`the repository is taken by ${takenBy}`);
  if (active.length >= maxJobs) return wait(`${active.length} of ${maxJobs} Jobs of the store are busy`);
  return maxJobsPerNode === undefined ? { kind: 'go', avoid: [] } : turnOnNodes(facts, maxJobsPerNode);
}

/** One mover after the other gets its node, so that none is counted that nobody knows the place of. */
function turnOnNodes({ active, nodes, node }: TurnFacts, limit: number): Turn {
  if (active.some((one) => one.node === undefined)) return wait('the mover before it has no node yet');
  const counts = new Map<string, number>();
  for (const one of active) counts.set(one.node ?? '', (counts.get(one.node ?? '') ?? 0) + 1);
  const full = [...counts].filter(([, count]) => count >= limit).map(([name]) => name);
  const message = `every node it could run on has ${limit} of the store's Jobs`;
  if (node !== undefined) return full.includes(node) ? wait(message) : { kind: 'go', avoid: [] };
  const hasRoom = nodes === undefined ? full.length === 0 : nodes.some((name) => !full.includes(name));
  return hasRoom ? { kind: 'go', avoid: full.toSorted() } : wait(message);
}

function wait(message: string): Turn {
  return { kind: 'wait', message };
}
