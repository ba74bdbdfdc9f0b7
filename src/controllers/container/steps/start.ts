/** Start: waits until every pod of the current revision is ready, and says why when one will not be. */
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type Step, type StepResult, wait } from '#runtime/itinerary/types.ts';
import { currentPods } from '../current-pods.ts';
import { findPodFailure } from '../pod-failure.ts';
import { isComplete, readRollout } from '../rollout.ts';
import type { ContainerScope } from '../scope.ts';

export const start: Step<ContainerScope> = {
  name: 'Start',
  run: async (scope) => decideStart(scope),
};

/** Pure: what the workload's status and its pods say together. */
export function decideStart(scope: ContainerScope): StepResult {
  const { replicas } = scope;
  const rollout = readRollout(scope);
  if (isComplete(rollout, replicas)) return done(`${replicas} of ${replicas} pods are ready`);
  const failure = findPodFailure(currentPods(scope));
  if (failure?.lasting === true) {
    return fail(new DokkerrError('DKR_WORKLOAD_FAILED', failure.message, { reason: failure.reason }));
  }
  if (rollout.stuck !== undefined) {
    return fail(new DokkerrError('DKR_WORKLOAD_FAILED', rollout.stuck, { reason: 'ProgressDeadlineExceeded' }));
  }
  if (rollout.refused !== undefined) return wait('PodsRefused', rollout.refused);
  if (failure !== undefined) return wait(failure.reason, failure.message);
  const { readyReplicas, updatedReplicas } = rollout;
  if (replicas === 0) return wait('Stopping', `${rollout.replicas} pods have still to end`);
  return wait(
    'PodsNotReady',
    `${readyReplicas} of ${replicas} pods are ready, ${updatedReplicas} of ${replicas} have the current revision`,
  );
}
