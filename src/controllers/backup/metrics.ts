/**
 * Backups as metrics, read from the cache when scraped: the same on every replica, and gone with the objects. The labels
 * are bounded by what people declare. `namespace` is the target's own label in Prometheus, hence `resource_namespace`.
 */
import type { Gauge, Registry } from 'prom-client';
import { isReady } from '#contracts/store/location.ts';
import { Backup } from '#crds/backup.ts';
import { BackupSchedule } from '#crds/backup-schedule.ts';
import { BackupStore } from '#crds/backup-store.ts';
import type { Cache } from '#runtime/cache/types.ts';
import { findCondition } from '#runtime/controller/conditions.ts';
import { collectedGauge } from '#runtime/metrics/collected-gauge.ts';

/** @param prefix of the operator's own metrics, without the underscore */
export function createBackupMetrics(registry: Registry, prefix: string, cache: Cache): void {
  const gauge = (name: string, help: string, labels: readonly string[], collect: (gauge: Gauge) => void) =>
    collectedGauge(registry, {
      name: `${prefix}_${name}`,
      help,
      labels: ['resource_namespace', ...labels],
      collect,
    });
  const stores = cache.informer(BackupStore);
  gauge('backup_store_ready', 'Whether a BackupStore can be used: 1, or 0.', ['store'], (made) => {
    for (const store of stores.list()) made.set(labelsOf(store, 'store'), isReady(store) ? 1 : 0);
  });
  gauge(
    'backup_store_healthy',
    'Whether the last check of a repository found no damage: 1, or 0. Absent before the first.',
    ['store'],
    (made) => {
      for (const store of stores.list()) {
        const result = store.status?.lastCheckResult;
        if (result !== undefined) made.set(labelsOf(store, 'store'), result === 'Passed' ? 1 : 0);
      }
    },
  );
  gauge(
    'backup_store_maintained',
    'Whether checks and prunes of a store do what they should: 1, or 0.',
    ['store'],
    (made) => {
      for (const store of stores.list()) {
        const maintained = findCondition(store.status?.conditions, 'Maintained');
        if (maintained !== undefined) made.set(labelsOf(store, 'store'), maintained.status === 'False' ? 0 : 1);
      }
    },
  );
  gauge('backup_store_bytes', 'Bytes of a repository in its store, as of the last maintenance.', ['store'], (made) => {
    for (const store of stores.list()) {
      if (store.status?.totalBytes !== undefined) made.set(labelsOf(store, 'store'), store.status.totalBytes);
    }
  });
  const backups = cache.informer(Backup);
  gauge('backups', 'Backups there are, by phase.', ['phase'], (made) => {
    for (const { metadata, status } of backups.list()) {
      made.inc({ resource_namespace: metadata.namespace ?? '', phase: status?.phase ?? 'Pending' });
    }
  });
  gauge(
    'backup_last_success_timestamp_seconds',
    'When the latest backup of a Container completed.',
    ['container'],
    (made) => {
      for (const { namespace, container, at } of latestSuccesses(backups.list())) {
        made.set({ resource_namespace: namespace, container }, at);
      }
    },
  );
  const schedules = cache.informer(BackupSchedule);
  const ofSchedules = (name: string, help: string, valueIn: (schedule: BackupSchedule) => number | undefined) =>
    gauge(`backup_schedule_${name}`, help, ['schedule'], (made) => {
      for (const schedule of schedules.list()) {
        const value = valueIn(schedule);
        if (value !== undefined) made.set(labelsOf(schedule, 'schedule'), value);
      }
    });
  ofSchedules(
    'next_timestamp_seconds',
    'When the next backup of a schedule is due; in the past while one waits.',
    ({ status }) => unixTime(status?.nextScheduleTime),
  );
  ofSchedules(
    'consecutive_failures',
    'How many of the last backups of a schedule in a row did not complete.',
    ({ status }) => status?.consecutiveFailures ?? 0,
  );
  ofSchedules(
    'next_drill_timestamp_seconds',
    'When the next drill of a schedule is due; in the past while one waits.',
    ({ status }) => unixTime(status?.nextDrillTime),
  );
  ofSchedules(
    'consecutive_drill_failures',
    'How many of the last drills of a schedule in a row failed; absent without drills.',
    ({ status }) => status?.consecutiveDrillFailures,
  );
  ofSchedules(
    'verified_timestamp_seconds',
    'When a drill last restored a backup of a schedule and found nothing wrong.',
    ({ status }) => unixTime(status?.lastVerifiedTime),
  );
}

function unixTime(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time) / 1000;
}

function labelsOf({ metadata }: BackupStore | BackupSchedule, label: string) {
  return { resource_namespace: metadata.namespace ?? '', [label]: metadata.name };
}

interface Success {
  readonly namespace: string;
  readonly container: string;
  /** Unix seconds */
  readonly at: number;
}

/** The latest of each Container. */
export function latestSuccesses(backups: readonly Backup[]): Success[] {
  const latest = new Map<string, Success>();
  for (const { metadata, spec, status } of backups) {
    const container = spec.containerRef?.name;
    if (container === undefined || status?.outcome !== 'Completed' || status.completedAt === undefined) continue;
    const { namespace = '' } = metadata;
    const at = Date.parse(status.completedAt) / 1000;
    const known = latest.get(`${namespace}/${container}`);
    if (known === undefined || known.at < at) latest.set(`${namespace}/${container}`, { namespace, container, at });
  }
  return [...latest.values()];
}
