/** Which of a schedule's backups its retention lets go. Pure. */
import type { Backup } from '#crds/backup.ts';
import type { Retention } from '#crds/backup-schedule.ts';
import { durationMs } from '#crds/schema/duration.ts';

const day = 86_400_000;

/** The period a time falls into, for each rule; weeks begin on Monday. All in UTC, so that they never overlap. */
const periods = {
  keepHourly: (time: Date) => time.toISOString().slice(0, 13),
  keepDaily: (time: Date) => time.toISOString().slice(0, 10),
  // 1970-01-05 was a Monday.
  keepWeekly: (time: Date) => String(Math.floor((time.getTime() / day - 4) / 7)),
  keepMonthly: (time: Date) => time.toISOString().slice(0, 7),
  keepYearly: (time: Date) => time.toISOString().slice(0, 4),
} as const;

/**
 * The backups that no rule keeps, oldest first. Only completed ones are looked at, pinned ones never go, and `minimum` of
 * them stay whatever the rules say.
 */
export function expired(backups: readonly Backup[], retention: Retention, now: Date): Backup[] {
  const completed = backups
    .filter(({ status }) => status?.outcome === 'Completed')
    .toSorted((a, b) => timeOf(b).getTime() - timeOf(a).getTime());
  const kept = new Set<Backup>([
    ...completed.slice(0, Math.max(retention.minimum, retention.keepLast ?? 0)),
    ...completed.filter(({ spec }) => spec.pin),
    ...within(completed, retention.keepWithin, now),
    ...Object.entries(periods).flatMap(([name, periodOf]) =>
      newestOfEach(completed, retention[name as keyof typeof periods] ?? 0, periodOf),
    ),
  ]);
  return completed.filter((backup) => !kept.has(backup)).toReversed();
}

function within(backups: readonly Backup[], keepWithin: string | undefined, now: Date): Backup[] {
  if (keepWithin === undefined) return [];
  return backups.filter((backup) => now.getTime() - timeOf(backup).getTime() < durationMs(keepWithin));
}

/** @param backups newest first */
function newestOfEach(backups: readonly Backup[], count: number, periodOf: (time: Date) => string): Backup[] {
  const newest = new Map<string, Backup>();
  for (const backup of backups) {
    const period = periodOf(timeOf(backup));
    if (!newest.has(period) && newest.size < count) newest.set(period, backup);
  }
  return [...newest.values()];
}

function timeOf({ status, metadata }: Backup): Date {
  return new Date(status?.startedAt ?? metadata.creationTimestamp ?? 0);
}
