/** How far a Deployment or StatefulSet has come, in one shape for both. */
import type { Deployment, StatefulSet } from '#runtime/client/kinds.ts';
import type { WorkloadScope } from './scope.ts';

export interface Rollout {
  /** the workload controller has seen the spec that is there now */
  observed: boolean;
  /** pods there are, wanted or not */
  replicas: number;
  readyReplicas: number;
  updatedReplicas: number;
  availableReplicas: number;
  /** revision the pods are on, or are moving to */
  revision: string | undefined;
  /** the Deployment gave up: the message of `ProgressDeadlineExceeded` */
  stuck: string | undefined;
  /** pods are refused at admission (quota, Pod Security): the message of `ReplicaFailure` */
  refused: string | undefined;
}

const none: Rollout = {
  observed: false,
  replicas: 0,
  readyReplicas: 0,
  updatedReplicas: 0,
  availableReplicas: 0,
  revision: undefined,
  stuck: undefined,
  refused: undefined,
};

/** The rollout of the workload that is wanted, as the cache has it; nothing yet when it is not there. */
export function readRollout({ stateful, live }: WorkloadScope): Rollout {
  if (stateful) return live.statefulSet === undefined ? none : statefulSetRollout(live.statefulSet);
  return live.deployment === undefined ? none : deploymentRollout(live.deployment);
}

/** All pods are of the current revision, ready, and no old one is left. */
export function isComplete(rollout: Rollout, wanted: number): boolean {
  const { observed, replicas, readyReplicas, updatedReplicas, availableReplicas } = rollout;
  return observed && [replicas, readyReplicas, updatedReplicas, availableReplicas].every((count) => count === wanted);
}

function deploymentRollout({ metadata, status }: Deployment): Rollout {
  const progressing = status?.conditions?.find(({ type }) => type === 'Progressing');
  const refusal = status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
  return {
    ...counts(metadata.generation, status),
    revision: metadata.annotations?.['deployment.kubernetes.io/revision'],
    stuck: progressing?.reason === 'ProgressDeadlineExceeded' ? (progressing.message ?? progressing.reason) : undefined,
    refused: refusal?.status === 'True' ? (refusal.message ?? refusal.reason) : undefined,
  };
}

function statefulSetRollout({ metadata, status }: StatefulSet): Rollout {
  const rollout = counts(metadata.generation, status);
  // At the end of a rollout the StatefulSet stops counting updated pods: currentRevision then equals updateRevision.
  const settled = status !== undefined && status.currentRevision === status.updateRevision;
  return {
    ...rollout,
    updatedReplicas: settled ? (status.currentReplicas ?? 0) : rollout.updatedReplicas,
    revision: status?.updateRevision,
    stuck: undefined,
    refused: undefined,
  };
}

function counts(
  generation: number | undefined,
  status: Deployment['status'] | StatefulSet['status'],
): Omit<Rollout, 'revision' | 'stuck' | 'refused'> {
  return {
    observed: status?.observedGeneration !== undefined && status.observedGeneration >= (generation ?? 0),
    replicas: status?.replicas ?? 0,
    readyReplicas: status?.readyReplicas ?? 0,
    updatedReplicas: status?.updatedReplicas ?? 0,
    availableReplicas: status?.availableReplicas ?? 0,
  };
}
