/** What a pass found of a BackupStore, summed up in one status. Pure. */
import type { BackupStore, StorePhase } from '#crds/backup-store.ts';
import type { ConditionInput } from '#runtime/controller/conditions.ts';
import { foundBy, lastErrorOf, summaryConditions } from '#runtime/controller/summary.ts';
import type { StatedStatus } from '#runtime/controller/types.ts';
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
  const found = foundBy(walk);
  const stopped = walk.stoppedAt?.result;
  const lastError = lastErrorOf(walk, status.lastError, pass.now());
  const { lastError: _lastError, conditions: _conditions, observedGeneration: _observed, ...known } = status;
  return {
    ...known,
    ...found,
    phase: phaseOf(store, stopped),
    ...(lastError === undefined ? {} : { lastError }),
    conditions: [
      ...summaryConditions(walk, { reason: 'Ready', message: 'the store answers and the repository is ready' }),
      ...concernConditions(walk),
    ],
  };
}

function phaseOf({ status }: BackupStore, stopped: StepResult | undefined): StorePhase {
  if (stopped === undefined) return 'Ready';
  if (stopped.kind === 'wait') return 'Initializing';
  if (stopped.kind === 'fail' && stopped.error.class === 'permanent') return 'Failed';
  return status?.repositoryID === undefined ? 'Pending' : 'Degraded';
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
