/** The conditions of a BackupStore beyond those kstatus reads, each about one concern. Pure. */
import { clockObjection } from '#contracts/store/clock.ts';
import { deletionAnnotation } from '#contracts/store/mass-deletion.ts';
import type { BackupStore, BackupStoreStatus, TaskStatus } from '#crds/backup-store.ts';
import type { ConditionInput } from '#runtime/controller/conditions.ts';
import type { Walk } from '#runtime/itinerary/types.ts';

/** Which step speaks for which condition. */
const concerns = [
  { type: 'BackendReachable', step: 'ProbeBackend', good: 'Reachable' },
  { type: 'KeyAvailable', step: 'EnsureKey', good: 'Available' },
  { type: 'RepositoryReady', step: 'InitializeRepository', good: 'Initialized' },
] as const;

/** What the steps of a pass say. */
export function concernConditions({ steps }: Walk): ConditionInput[] {
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

/** What the status says, whichever pass found it. */
export function stateConditions(store: Pick<BackupStore, 'spec'> & { status: BackupStoreStatus }): ConditionInput[] {
  return [healthy(store.status), synchronized(store.status), deletable(store.status), maintained(store)];
}

function healthy({ lastCheckResult, lastCheckedAt = '', check, lastRepairedAt }: BackupStoreStatus): ConditionInput {
  const type = 'RepositoryHealthy';
  if (lastCheckResult === undefined) {
    return { type, status: 'Unknown', reason: 'NotChecked', message: 'no check has ended yet' };
  }
  if (lastCheckResult === 'Passed') {
    return { type, status: 'True', reason: 'CheckPassed', message: `the check of ${lastCheckedAt} found no damage` };
  }
  const mended = lastRepairedAt !== undefined && lastRepairedAt >= lastCheckedAt;
  const next = mended ? '; the next backup stores again what is lost of it' : '';
  const message = `DKR_REPOSITORY_CORRUPT: ${check?.message ?? 'the last check found damage'}${next}`;
  return { type, status: 'False', reason: 'RepositoryCorrupt', message: message.slice(0, 4096) };
}

function synchronized(status: BackupStoreStatus): ConditionInput {
  const type = 'ClockSynchronized';
  const { clockSkewSeconds } = status;
  if (clockSkewSeconds === undefined) {
    return { type, status: 'Unknown', reason: 'NotProbed', message: 'the store has not answered yet' };
  }
  const objection = clockObjection({ status });
  if (objection === undefined) return { type, status: 'True', reason: 'Synchronized', message: 'the clocks agree' };
  const message = `${objection}. Until then nothing is pruned, and no retention lets go of anything`;
  return { type, status: 'False', reason: 'ClockSkewed', message };
}

function deletable({ heldDeletions = 0 }: BackupStoreStatus): ConditionInput {
  const type = 'DeletionsAllowed';
  if (heldDeletions === 0) return { type, status: 'True', reason: 'Allowed', message: 'few enough at once' };
  const message = `${heldDeletions} Backups are being deleted with their data, more than spec.deletionProtection.threshold. If that was meant, annotate this BackupStore with ${deletionAnnotation}=<the present time>; if not, set deletionPolicy: Retain in them`;
  return { type, status: 'False', reason: 'MassDeletion', message };
}

function maintained({ spec, status }: Parameters<typeof stateConditions>[0]): ConditionInput {
  const type = 'Maintained';
  const { check = {}, repair = {}, prune = {}, sync = {}, rotation = {} } = status;
  const tasks: readonly [string, TaskStatus][] = [
    ['check', check],
    ['repair', repair],
    ['prune', prune],
    ['sync', sync],
    ['rotation', rotation],
  ];
  for (const [name, { failure, failures = 0, message = '' }] of tasks) {
    if (failure === undefined) continue;
    return {
      type,
      status: 'False',
      reason: failure,
      message: `${name} failed ${failures} times: ${message}`.slice(0, 4096),
    };
  }
  if (spec.accessMode === 'ReadOnly') {
    return { type, status: 'True', reason: 'ReadOnly', message: 'others look after it: spec.accessMode is ReadOnly' };
  }
  if (spec.maintenance.suspend) {
    return { type, status: 'True', reason: 'Suspended', message: 'spec.maintenance.suspend is set' };
  }
  for (const [name, { held }] of tasks) {
    if (held !== undefined)
      return { type, status: 'False', reason: 'Held', message: `${name} is held: ${held}`.slice(0, 4096) };
  }
  return { type, status: 'True', reason: 'OnSchedule', message: 'checks and prunes do what they should' };
}
