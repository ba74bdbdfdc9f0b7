/** What a pass found of a BackupSchedule, summed up in one status. Pure. */
import type { Backup } from '#crds/backup.ts';
import type { BackupSchedule } from '#crds/backup-schedule.ts';
import type { ConditionInput } from '#runtime/controller/conditions.ts';
import { rfc3339 } from '#runtime/controller/conditions.ts';
import type { StatedStatus } from '#runtime/controller/types.ts';
import type { Walk } from '#runtime/itinerary/types.ts';
import { activeOnes, type BackupScheduleScope } from './scope.ts';

export function summarise(scope: BackupScheduleScope, walk: Walk): StatedStatus<BackupSchedule> {
  const { schedule, backups, pass } = scope;
  const found = Object.assign({}, ...walk.steps.map(({ result }) => (result.kind === 'done' ? result.resolved : {})));
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
  const failed = walk.stoppedAt?.result;
  const error = failed?.kind === 'fail' ? failed.error : undefined;
  return {
    ...known,
    ...(schedule.spec.suspend || nextScheduleTime === undefined ? {} : { nextScheduleTime }),
    ...found,
    ...(last === undefined
      ? {}
      : { lastSuccessfulBackup: last.metadata.name, lastSuccessfulTime: last.status?.completedAt ?? '' }),
    consecutiveFailures: failuresInARow(backups),
    ...(active.length === 0 ? {} : { active }),
    ...(error === undefined
      ? {}
      : {
          lastError: {
            code: error.code,
            class: error.class,
            message: error.message,
            at: sameError(schedule, error.message) ?? rfc3339(pass.now()),
          },
        }),
    conditions: conditionsOf(schedule, walk),
  };
}

function sameError({ status }: BackupSchedule, message: string): string | undefined {
  return status?.lastError?.message === message ? status.lastError.at : undefined;
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
  const result = walk.stoppedAt?.result;
  if (result?.kind === 'fail') {
    const { reason, message } = result.error;
    const stalled = result.error.class === 'permanent';
    return [
      { type: 'Ready', status: 'False', reason, message },
      { type: 'Reconciling', status: stalled ? 'False' : 'True', reason, message },
      { type: 'Stalled', status: stalled ? 'True' : 'False', reason, message },
    ];
  }
  const reason = result?.kind === 'wait' ? result.reason : spec.suspend ? 'Suspended' : 'Scheduled';
  const message =
    result?.kind === 'wait' ? result.message : spec.suspend ? 'suspended as declared' : 'the schedule is kept';
  return [
    { type: 'Ready', status: 'True', reason, message },
    { type: 'Reconciling', status: 'False', reason, message },
    { type: 'Stalled', status: 'False', reason, message },
  ];
}
