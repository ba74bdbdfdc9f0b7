/** Everything one pass over a BackupSchedule reads. */
import { Backup } from '#crds/backup.ts';
import type { BackupSchedule } from '#crds/backup-schedule.ts';
import type { Pass } from '#runtime/controller/types.ts';

/** On Backups: the schedule that made them. They are not owned by it, for they outlive it. */
export const scheduleLabel = 'dokkerr.io/schedule';

const bySchedule = 'schedule';

/** How Backups are cached: found again by their schedule. */
export const scheduledBackups = { indexes: { [bySchedule]: scheduleIndex } };

function scheduleIndex({ metadata }: Backup): string[] {
  const schedule = metadata.labels?.[scheduleLabel];
  return schedule === undefined ? [] : [`${metadata.namespace ?? ''}/${schedule}`];
}

export interface BackupScheduleScope {
  readonly pass: Pass<BackupSchedule>;
  readonly schedule: BackupSchedule;
  /** always set: a BackupSchedule is namespaced */
  readonly namespace: string;
  /** those it has made, newest first */
  readonly backups: readonly Backup[];
}

export function readScope(pass: Pass<BackupSchedule>): BackupScheduleScope {
  const { object: schedule, cache } = pass;
  const { name, namespace = '' } = schedule.metadata;
  const backups = cache.informer(Backup, scheduledBackups).by(bySchedule, `${namespace}/${name}`);
  const bornAt = ({ metadata }: Backup) => metadata.creationTimestamp ?? '';
  return { pass, schedule, namespace, backups: backups.toSorted((a, b) => bornAt(b).localeCompare(bornAt(a))) };
}

/** Those that have not ended. */
export function activeOnes({ backups }: BackupScheduleScope): Backup[] {
  return backups.filter(({ status }) => status?.outcome === undefined);
}
