/** Whether a node still runs its pods, as far as its object tells. Pure. */
import type { Node } from '#runtime/client/kinds.ts';

/**
 * Set by people or machines that know the node to be shut down:
 * https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#non-graceful-node-shutdown
 */
export const outOfServiceTaint = 'node.kubernetes.io/out-of-service';

/**
 * - `Answering`: its kubelet reports
 * - `Silent`: it does not, which says nothing about the pods: they may run on behind a cut network
 * - `OutOfService`: silent, and tainted as shut down
 * - `Gone`: there is no such node
 */
export type NodeState = 'Answering' | 'Silent' | 'OutOfService' | 'Gone';

export function nodeState(node: Node | undefined): NodeState {
  if (node === undefined) return 'Gone';
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready === undefined || ready.status === 'True') return 'Answering';
  return node.spec.taints?.some(({ key }) => key === outOfServiceTaint) === true ? 'OutOfService' : 'Silent';
}

/** Whether nothing of the node's pods can run any more, so that their successors cannot meet them. */
export function isSurelyOff(state: NodeState): boolean {
  return state === 'Gone' || state === 'OutOfService';
}
