/** What a pass found of a BackupSchedule, summed up in one status. Pure. */
import type { BackupSchedule } from '#crds/backup-schedule.ts';
import type { ConditionInput } from '#runtime/controller/conditions.ts';
import { foundBy, lastErrorOf, summaryConditions } from '#runtime/controller/summary.ts';
import type { StatedStatus } from '#runtime/controller/types.ts';
import type { Walk } from '#runtime/itinerary/types.ts';
import { activeOnes, type BackupScheduleScope, failuresInARow, hasEnded, latestSuccess } from './scope.ts';

type Status = NonNullable<BackupSchedule['status']>;
type Proof = 'consecutiveDrillFailures' | 'lastVerifiedTime' | 'lastVerifiedBackup';

export function summarise(scope: BackupScheduleScope, walk: Walk): StatedStatus<BackupSchedule> {
  const { schedule, backups, pass } = scope;
  const found = foundBy(walk);
  const {
    lastError: _,
    conditions: __,
    observedGeneration: ___,
    active: ____,
    nextScheduleTime,
    nextDrillTime,
    ...known
  } = schedule.status ?? {};
  const last = latestSuccess(backups);
  const proof = proofOf(scope);
  const active = activeOnes(scope)
    .map(({ metadata }) => metadata.name)
    .toSorted();
  const lastError = lastErrorOf(walk, schedule.status?.lastError, pass.now());
  return {
    ...known,
    ...(schedule.spec.suspend || nextScheduleTime === undefined ? {} : { nextScheduleTime }),
    ...(schedule.spec.suspend || schedule.spec.drill === undefined || nextDrillTime === undefined
      ? {}
      : { nextDrillTime }),
    ...found,
    ...(last === undefined
      ? {}
      : { lastSuccessfulBackup: last.metadata.name, lastSuccessfulTime: last.status?.completedAt ?? '' }),
    consecutiveFailures: failuresInARow(backups),
    ...proof,
    ...(active.length === 0 ? {} : { active }),
    ...(lastError === undefined ? {} : { lastError }),
    conditions: [...conditionsOf(schedule, walk), ...provenCondition(scope, proof.lastVerifiedTime)],
  };
}

/** What its drills have proven. A proof stays, also when the Restore that brought it is gone. */
function proofOf({ drills, schedule }: BackupScheduleScope): Pick<Status, Proof> {
  if (schedule.spec.drill === undefined) return {};
  const { lastVerifiedTime, lastVerifiedBackup } = schedule.status ?? {};
  const passed = latestSuccess(drills);
  const at = passed?.status?.completedAt;
  const backup = passed?.spec.source.backupRef?.name;
  const isNewer = at !== undefined && Date.parse(at) > Date.parse(lastVerifiedTime ?? '1970-01-01');
  const [time, of] = isNewer ? [at, backup] : [lastVerifiedTime, lastVerifiedBackup];
  return {
    consecutiveDrillFailures: failuresInARow(drills),
    ...(time === undefined ? {} : { lastVerifiedTime: time }),
    ...(of === undefined ? {} : { lastVerifiedBackup: of }),
  };
}

/** How the last drill ended; none while there is no drill. */
function provenCondition({ drills, schedule }: BackupScheduleScope, proven: string | undefined): ConditionInput[] {
  if (schedule.spec.drill === undefined) return [];
  const type = 'Proven';
  const last = drills.find(hasEnded);
  const { outcome, failure } = last?.status ?? {};
  if (last !== undefined && outcome !== 'Completed') {
    const message = `drill ${last.metadata.name} ended as ${outcome ?? 'unknown'}: ${failure?.message ?? 'it was ended'}`;
    return [{ type, status: 'False', reason: 'DrillFailed', message }];
  }
  if (proven === undefined)
    return [{ type, status: 'Unknown', reason: 'NotDrilledYet', message: 'no drill has ended yet' }];
  return [
    { type, status: 'True', reason: 'Restored', message: 'the last drill restored its backup and found nothing wrong' },
  ];
}

/** A schedule is Ready while it can fire; whether its backups complete is told by themselves and by their count. */
function conditionsOf({ spec }: BackupSchedule, walk: Walk): ConditionInput[] {
  const { stoppedAt } = walk;
  if (stoppedAt?.result.kind === 'wait') {
    return summaryConditions({ ...walk, stoppedAt: undefined }, stoppedAt.result);
  }
  const good = spec.suspend
    ? { reason: 'Suspended', message: 'suspended as declared' }
    : { reason: 'Scheduled', message: 'the schedule is kept' };
  return summaryConditions(walk, good);
}
