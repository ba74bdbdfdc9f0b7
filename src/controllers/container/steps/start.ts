/** Start: waits until every pod of the current revision is ready, and says why when one will not be. */
import type { Container, RecoveryStatus } from '#crds/container.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type Step, type StepResult, wait } from '#runtime/itinerary/types.ts';
import { currentPods } from '../current-pods.ts';
import { findPodFailure, type PodFailure } from '../pod-failure.ts';
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
  const helpless = beyondRecovery(scope);
  if (helpless !== undefined) return helpless;
  const failure = findPodFailure(currentPods(scope));
  if (failure?.lasting === true) return lastingFailure(scope, failure);
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

/** Nothing more is attempted, or nothing can be until a person has acted; and what is lost with its node. */
function beyondRecovery({ trouble, recovery: { record } }: ContainerScope): StepResult | undefined {
  if (record?.state === 'GaveUp') {
    return fail(new DokkerrError('DKR_WORKLOAD_FAILED', record.message, { reason: 'RecoveryGaveUp' }));
  }
  if (trouble?.cause !== 'NodeLost') return undefined;
  if (record?.state === 'Blocked') {
    return fail(new DokkerrError('DKR_NODE_LOST', record.message, { reason: 'NodeLost' }));
  }
  const { message, blocked = '' } = trouble;
  return wait('NodeLost', [message, blocked || due(record)].filter((part) => part !== '').join('; '));
}

/**
 * A spec that has run is being recovered: it is on its way. One that never has is more likely wrong than unlucky, and
 * says so at once, though attempts are made all the same.
 */
function lastingFailure({ container, recovery: { record } }: ContainerScope, failure: PodFailure): StepResult {
  const { reason } = failure;
  const isTried = reason === 'CrashLoopBackOff' && record?.state === 'Recovering';
  const message = isTried ? `${failure.message}; ${due(record)}` : failure.message;
  if (isTried && hasRun(container)) return wait(reason, message);
  return fail(new DokkerrError('DKR_WORKLOAD_FAILED', message, { reason }));
}

/** What comes next, and when. */
function due(record: RecoveryStatus | undefined): string {
  if (record?.nextAttemptAt === undefined) return '';
  const { attempts, maxAttempts, nextAttemptAt } = record;
  return attempts < maxAttempts
    ? `recovery attempt ${attempts + 1} of ${maxAttempts} is due at ${nextAttemptAt}`
    : `given up at ${nextAttemptAt} unless it runs by then`;
}

/** With this very spec, as the status stored last shows. */
function hasRun({ metadata, status }: Container): boolean {
  const { observedGeneration, phase } = status ?? {};
  return observedGeneration === metadata.generation && (phase === 'Running' || phase === 'Degraded');
}
