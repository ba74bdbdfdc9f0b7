/** What is wrong with a Container's pods that replacing them may mend. Pure. */
import type { Container } from '#crds/container.ts';
import type { Pod } from '#runtime/client/kinds.ts';
import { findCondition } from '#runtime/controller/conditions.ts';
import { findPodFailure } from '../pod-failure.ts';
import type { RecoveryFacts, Trouble } from './decide.ts';
import { isSurelyOff, type NodeState, outOfServiceTaint } from './node-state.ts';

export interface TroubledPods {
  /** every pod of the Container */
  readonly pods: readonly Pod[];
  /** those of the wanted revision */
  readonly current: readonly Pod[];
  readonly stateOf: (node: string) => NodeState;
}

/** A lost node first: its pods cannot be helped by anything else. */
export function findTrouble({ pods, current, stateOf }: TroubledPods): Trouble | undefined {
  return lostNode(pods, stateOf) ?? crashLoop(current);
}

/** What the decision needs to know of the Container itself. */
export function knownOf({ metadata, status }: Container): Pick<RecoveryFacts, 'readySince' | 'record'> {
  // A changed spec is another attempt of its own, a person's.
  if (status?.observedGeneration !== metadata.generation) return { readySince: undefined, record: undefined };
  const ready = findCondition(status?.conditions, 'Ready');
  const readySince = ready?.status === 'True' ? new Date(ready.lastTransitionTime) : undefined;
  return { readySince, record: status?.recovery };
}

function crashLoop(current: readonly Pod[]): Trouble | undefined {
  const pods = current.filter((pod) => findPodFailure([pod])?.reason === 'CrashLoopBackOff');
  const failure = findPodFailure(pods);
  return failure === undefined ? undefined : { cause: 'CrashLoop', pods, message: failure.message };
}

/**
 * Pods that were told to end and cannot, as their node does not answer: a StatefulSet makes no others before they have.
 * Those that were not yet told are Kubernetes' to move, but for a node that is gone.
 */
function lostNode(pods: readonly Pod[], stateOf: (node: string) => NodeState): Trouble | undefined {
  const lost = pods.flatMap((pod) => {
    const node = pod.spec.nodeName;
    const state = node === undefined ? 'Answering' : stateOf(node);
    const isEnding = pod.metadata.deletionTimestamp !== undefined;
    return node !== undefined && (isSurelyOff(state) || (state === 'Silent' && isEnding)) ? [{ pod, node, state }] : [];
  });
  const off = lost.filter(({ state }) => isSurelyOff(state));
  const [first] = off.length > 0 ? off : lost;
  if (first === undefined) return undefined;
  const { pod, node, state } = first;
  const said = `pod ${pod.metadata.name} was on node ${node}, which ${words[state]}`;
  if (off.length > 0) return { cause: 'NodeLost', pods: off.map((one) => one.pod), message: said };
  return {
    cause: 'NodeLost',
    pods: lost.map((one) => one.pod),
    message: said,
    blocked: `it is not replaced, since it may still run there and write: start the node again or, once it is surely off, kubectl taint node ${node} ${outOfServiceTaint}=nodeshutdown:NoExecute`,
  };
}

const words: Readonly<Record<NodeState, string>> = {
  Answering: 'answers',
  Silent: 'does not answer',
  OutOfService: 'is out of service',
  Gone: 'is gone',
};
