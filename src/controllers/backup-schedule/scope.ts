/** Everything one pass over a BackupSchedule reads. */
import { scheduleLabel } from '#contracts/backup/schedule.ts';
import { Backup } from '#crds/backup.ts';
import type { BackupSchedule } from '#crds/backup-schedule.ts';
import { Restore } from '#crds/restore.ts';
import type { KubernetesObject } from '#runtime/client/types.ts';
import type { Pass } from '#runtime/controller/types.ts';

const bySchedule = 'schedule';

/** How Backups are cached: found again by their schedule. */
export const scheduledBackups = { indexes: { [bySchedule]: scheduleIndex<Backup> } };

/** How Restores are cached: drills are found again by their schedule. */
export const scheduledDrills = { indexes: { [bySchedule]: scheduleIndex<Restore> } };

function scheduleIndex<T extends KubernetesObject>({ metadata }: T): string[] {
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
  /** those it has begun, newest first */
  readonly drills: readonly Restore[];
}

export function readScope(pass: Pass<BackupSchedule>): BackupScheduleScope {
  const { object: schedule, cache } = pass;
  const { name, namespace = '' } = schedule.metadata;
  const key = `${namespace}/${name}`;
  const backups = cache.informer(Backup, scheduledBackups).by(bySchedule, key);
  const drills = cache.informer(Restore, scheduledDrills).by(bySchedule, key);
  return { pass, schedule, namespace, backups: newestFirst(backups), drills: newestFirst(drills) };
}

/** One that was found in the repository is older than the object which tells of it. */
function newestFirst<T extends Backup | Restore>(objects: readonly T[]): T[] {
  const bornAt = ({ metadata, status }: T) => status?.startedAt ?? metadata.creationTimestamp ?? '';
  return objects.toSorted((a, b) => bornAt(b).localeCompare(bornAt(a)));
}

export function hasEnded({ status }: Backup | Restore): boolean {
  return status?.outcome !== undefined;
}

/** Those that have not ended. */
export function activeOnes({ backups }: BackupScheduleScope): Backup[] {
  return backups.filter((backup) => !hasEnded(backup));
}

/** The latest that completed. @param runs newest first */
export function latestSuccess<T extends Backup | Restore>(runs: readonly T[]): T | undefined {
  return runs.find(({ status }) => status?.outcome === 'Completed');
}

/** How many of the latest did not complete; those that somebody canceled say nothing. @param runs newest first */
export function failuresInARow(runs: readonly (Backup | Restore)[]): number {
  const ended = runs.filter((run) => hasEnded(run) && run.status?.outcome !== 'Canceled');
  const good = ended.findIndex(({ status }) => status?.outcome === 'Completed');
  return good < 0 ? ended.length : good;
}
