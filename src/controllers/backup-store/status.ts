/** What a pass found of a BackupStore, summed up in one status. Pure. */
import type { BackupStore, StorePhase } from '#crds/backup-store.ts';
import { type ConditionInput, rfc3339 } from '#runtime/controller/conditions.ts';
import type { StatedStatus } from '#runtime/controller/types.ts';
import type { DokkerrError } from '#runtime/errors.ts';
import type { StepResult, Walk } from '#runtime/itinerary/types.ts';
import type { BackupStoreScope } from './scope.ts';

/** Which step speaks for which condition. */
const concerns = [
  { type: 'BackendReachable', step: 'ProbeBackend', good: 'Reachable' },
  { type: 'KeyAvailable', step: 'EnsureKey', good: 'Available' },
  { type: 'RepositoryReady', step: 'InitializeRepository', good: 'Initialized' },
] as const;

/** The whole new status. What earlier passes found stays until it is found otherwise. */
export function summarise({ store, pass }: BackupStoreScope, walk: Walk): StatedStatus<BackupStore> {
  const { status = {} } = store;
  const found = Object.assign({}, ...walk.steps.map(({ result }) => (result.kind === 'done' ? result.resolved : {})));
  const stopped = walk.stoppedAt?.result;
  const error = stopped?.kind === 'fail' ? stopped.error : undefined;
  const { lastError: _, conditions: __, observedGeneration: ___, ...known } = status;
  return {
    ...known,
    ...found,
    phase: phaseOf(store, stopped),
    ...(error === undefined ? {} : { lastError: lastErrorOf(error, store, pass.now()) }),
    conditions: [...summaryConditions(walk.stoppedAt), ...concernConditions(walk)],
  };
}

function phaseOf({ status }: BackupStore, stopped: StepResult | undefined): StorePhase {
  if (stopped === undefined) return 'Ready';
  if (stopped.kind === 'wait') return 'Initializing';
  if (stopped.kind === 'fail' && stopped.error.class === 'permanent') return 'Failed';
  return status?.repositoryID === undefined ? 'Pending' : 'Degraded';
}

function summaryConditions(stoppedAt: Walk['stoppedAt']): ConditionInput[] {
  const { ready, reconciling, stalled, reason, message } = summary(stoppedAt);
  return [
    { type: 'Ready', status: ready ? 'True' : 'False', reason, message },
    { type: 'Reconciling', status: reconciling ? 'True' : 'False', reason, message },
    { type: 'Stalled', status: stalled ? 'True' : 'False', reason, message },
  ];
}

function summary(stoppedAt: Walk['stoppedAt']) {
  if (stoppedAt === undefined) {
    const message = 'the store answers and the repository is ready';
    return { ready: true, reconciling: false, stalled: false, reason: 'Ready', message };
  }
  const { result } = stoppedAt;
  if (result.kind === 'fail') {
    const stalled = result.error.class === 'permanent';
    const { reason, message } = result.error;
    return { ready: false, reconciling: !stalled, stalled, reason, message };
  }
  const reason = result.kind === 'wait' ? result.reason : stoppedAt.name;
  const message = result.kind === 'wait' ? result.message : stoppedAt.name;
  return { ready: false, reconciling: true, stalled: false, reason, message };
}

function concernConditions({ steps }: Walk): ConditionInput[] {
  return concerns.map(({ type, step, good }): ConditionInput => {
    const result = steps.find(({ name }) => name === step)?.result;
    if (result === undefined)
      return { type, status: 'Unknown', reason: 'NotReached', message: 'an earlier step has to succeed first' };
    if (result.kind === 'fail')
      return { type, status: 'False', reason: result.error.reason, message: result.error.message };
    if (result.kind === 'wait') return { type, status: 'False', reason: result.reason, message: result.message };
    return { type, status: 'True', reason: good, message: result.kind === 'done' ? (result.message ?? '') : '' };
  });
}

/** The same error keeps the time it was first seen at. */
function lastErrorOf({ code, class: errorClass, message }: DokkerrError, { status }: BackupStore, now: Date) {
  const known = status?.lastError;
  const same = known?.code === code && known.message === message;
  return { code, class: errorClass, message, at: same ? known.at : rfc3339(now) };
}
