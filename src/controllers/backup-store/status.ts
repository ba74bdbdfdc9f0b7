/** What a pass found of a BackupStore, summed up in one status. Pure. */
import { exclusiveJob, holderOf } from '#contracts/mover/exclusive.ts';
import { heldDeletions } from '#contracts/store/mass-deletion.ts';
import { formatBytes } from '#contracts/text/figures.ts';
import { Backup } from '#crds/backup.ts';
import type { BackupStore, BackupStoreStatus, StorePhase } from '#crds/backup-store.ts';
import { foundBy, type LastError, lastErrorOf, summaryConditions } from '#runtime/controller/summary.ts';
import type { StatedStatus } from '#runtime/controller/types.ts';
import type { StepResult, Walk } from '#runtime/itinerary/types.ts';
import { concernConditions, stateConditions } from './conditions.ts';
import type { BackupStoreScope } from './scope.ts';

/** The whole new status. What earlier passes found stays until it is found otherwise. */
export function summarise({ store, pass, namespace, seen }: BackupStoreScope, walk: Walk): StatedStatus<BackupStore> {
  const { status = {} } = store;
  const {
    lastError: _lastError,
    conditions: _conditions,
    observedGeneration: _observed,
    lock: _lock,
    circuit: _circuit,
    heldDeletions: _held,
    ...known
  } = status;
  const held = heldDeletions(store, pass.cache.informer(Backup).list(namespace)).length;
  const now: BackupStoreStatus = { ...known, ...foundBy(walk), ...(held === 0 ? {} : { heldDeletions: held }) };
  const lastError = lastErrorOf(walk, status.lastError, pass.now()) ?? damageOf(now);
  const holder = exclusiveJob(pass.cache, store);
  return {
    ...now,
    ...seen,
    phase: phaseOf(now, walk.stoppedAt?.result),
    ...(now.totalBytes === undefined ? {} : { size: formatBytes(now.totalBytes) }),
    ...(holder?.metadata.creationTimestamp === undefined
      ? {}
      : { lock: { holder: holderOf(holder), since: holder.metadata.creationTimestamp } }),
    ...(lastError === undefined ? {} : { lastError }),
    conditions: [
      ...summaryConditions(walk, { reason: 'Ready', message: 'the store answers and the repository is ready' }),
      ...concernConditions(walk),
      ...stateConditions({ spec: store.spec, status: now }),
    ],
  };
}

/** A damaged repository takes backups, which may even mend it, and is Degraded all the same. */
function phaseOf({ repositoryID, lastCheckResult }: BackupStoreStatus, stopped: StepResult | undefined): StorePhase {
  if (stopped === undefined) return lastCheckResult === 'Failed' ? 'Degraded' : 'Ready';
  if (stopped.kind === 'wait') return 'Initializing';
  if (stopped.kind === 'fail' && stopped.error.class === 'permanent') return 'Failed';
  return repositoryID === undefined ? 'Pending' : 'Degraded';
}

function damageOf({ lastCheckResult, lastCheckedAt, check }: BackupStoreStatus): LastError | undefined {
  if (lastCheckResult !== 'Failed' || lastCheckedAt === undefined) return undefined;
  const message = check?.message ?? 'the last check found damage';
  return { code: 'DKR_REPOSITORY_CORRUPT', class: 'permanent', message, at: lastCheckedAt };
}
