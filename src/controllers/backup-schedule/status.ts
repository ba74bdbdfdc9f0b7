/** What a pass found of a BackupSchedule, summed up in one status. Pure. */
import type { Backup } from '#crds/backup.ts';
import type { BackupSchedule } from '#crds/backup-schedule.ts';
import type { ConditionInput } from '#runtime/controller/conditions.ts';
import { foundBy, lastErrorOf, summaryConditions } from '#runtime/controller/summary.ts';
import type { StatedStatus } from '#runtime/controller/types.ts';
import type { Walk } from '#runtime/itinerary/types.ts';
import { activeOnes, type BackupScheduleScope } from './scope.ts';

export function summarise(scope: BackupScheduleScope, walk: Walk): StatedStatus<BackupSchedule> {
  const { schedule, backups, pass } = scope;
  const found = foundBy(walk);
  const {
    lastError: _,
    conditions: __,
    observedGeneration: ___,
    active: ____,
    nextScheduleTime,
    ...known
  } = schedule.status ?? {};
  const last = lastSuccess(backups);
  const active = activeOnes(scope)
    .map(({ metadata }) => metadata.name)
    .toSorted();
  const lastError = lastErrorOf(walk, schedule.status?.lastError, pass.now());
  return {
    ...known,
    ...(schedule.spec.suspend || nextScheduleTime === undefined ? {} : { nextScheduleTime }),
    ...found,
    ...(last === undefined
      ? {}
      : { lastSuccessfulBackup: last.metadata.name, lastSuccessfulTime: last.status?.completedAt ?? '' }),
    consecutiveFailures: failuresInARow(backups),
    ...(active.length === 0 ? {} : { active }),
    ...(lastError === undefined ? {} : { lastError }),
    conditions: conditionsOf(schedule, walk),
  };
}

/** @param backups newest first */
function lastSuccess(backups: readonly Backup[]): Backup | undefined {
  return backups.find(({ status }) => status?.outcome === 'Completed');
}

function failuresInARow(backups: readonly Backup[]): number {
  const ended = backups.filter(({ status }) => status?.outcome !== undefined && status.outcome !== 'Canceled');
  const good = ended.findIndex(({ status }) => status?.outcome === 'Completed');
  return good < 0 ? ended.length : good;
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
