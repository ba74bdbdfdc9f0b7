/** When a BackupSchedule's backups and its drills begin. Pure. */
import type { BackupSchedule } from '#crds/backup-schedule.ts';
import { durationMs } from '#crds/schema/duration.ts';
import type { Timetable } from './due.ts';

type Drill = NonNullable<BackupSchedule['spec']['drill']>;

export function backupTimes({ metadata, spec, status }: BackupSchedule): Timetable {
  return {
    key: keyOf(metadata),
    schedule: spec.schedule,
    timeZone: spec.timeZone ?? 'UTC',
    jitterMs: spec.jitter === undefined ? undefined : durationMs(spec.jitter),
    deadlineSeconds: spec.startingDeadlineSeconds,
    since: [status?.lastScheduleTime, status?.lastSkipped?.at, metadata.creationTimestamp],
  };
}

export function drillTimes({ metadata, spec, status }: BackupSchedule, { schedule }: Drill): Timetable {
  return {
    key: `${keyOf(metadata)}/drill`,
    schedule,
    timeZone: spec.timeZone ?? 'UTC',
    since: [status?.lastDrillTime, metadata.creationTimestamp],
  };
}

function keyOf({ namespace = '', name }: BackupSchedule['metadata']): string {
  return `${namespace}/${name}`;
}

/** What begins for that slot of that schedule is called so, so that no slot is served twice. */
export function nameFor(prefix: string, slot: Date): string {
  return `${prefix}-${slot.toISOString().slice(0, 16).replaceAll(/[-:T]/g, '')}`;
}
