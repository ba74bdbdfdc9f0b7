/** Migrations as metrics, read from the cache. `namespace` is the target's own label in Prometheus, hence `resource_namespace`. */
import type { Gauge, Registry } from 'prom-client';
import { Migration } from '#crds/migration.ts';
import type { Cache } from '#runtime/cache/types.ts';
import { collectedGauge } from '#runtime/metrics/collected-gauge.ts';
import { currentStep, endedBadly, isStopped, keptVolumes } from './told.ts';

/** @param prefix of the operator's own metrics, without the underscore */
export function createMigrationMetrics(registry: Registry, prefix: string, cache: Cache): void {
  const migrations = cache.informer(Migration);
  const gauge = (name: string, help: string, more: readonly string[], tell: (one: Migration, told: Told) => void) =>
    collectedGauge(registry, {
      name: `${prefix}_${name}`,
      help,
      labels: ['resource_namespace', 'migration', ...more],
      collect: (made) => {
        for (const one of migrations.list()) tell(one, toldOf(one, made));
      },
    });
  collectedGauge(registry, {
    name: `${prefix}_migrations`,
    help: 'Migrations there are, by phase.',
    labels: ['resource_namespace', 'phase'],
    collect: (made) => {
      for (const { metadata, status } of migrations.list())
        made.inc({ resource_namespace: metadata.namespace ?? '', phase: status?.phase ?? 'Pending' });
    },
  });
  gauge('migration_failed', '1 for each Migration that ended otherwise than it was asked to.', ['end'], (one, told) => {
    const end = endedBadly(one);
    if (end !== undefined) told(1, { end });
  });
  gauge(
    'migration_downtime_seconds',
    'How long a Migration kept its application stopped; absent until it ran again.',
    [],
    ({ status }, told) => told(status?.downtime?.seconds),
  );
  gauge(
    'migration_stopped_timestamp_seconds',
    'Since when a Migration keeps its application stopped; absent while that runs.',
    [],
    (one, told) => {
      if (isStopped(one)) told(unixTime(one.status?.downtime?.startedAt));
    },
  );
  gauge(
    'migration_awaiting_approval_timestamp_seconds',
    'Since when a Migration waits for its approval; absent unless it does.',
    [],
    (one, told) => {
      const step = currentStep(one);
      if (step?.name === 'Approve') told(unixTime(step.startedAt));
    },
  );
  gauge(
    'migration_step_timestamp_seconds',
    'Since when a Migration is at a step; absent while it waits for a person, and while it only keeps the old volume.',
    ['step'],
    (one, told) => {
      const step = currentStep(one);
      if (step !== undefined && step.name !== 'Approve' && step.name !== 'Keep')
        told(unixTime(step.startedAt), { step: step.name });
    },
  );
  gauge(
    'migration_kept_volumes',
    'Old volumes a Migration keeps as the way back, and volumes in no use that it did not delete.',
    [],
    (one, told) => told(keptVolumes(one)),
  );
}

/** Sets the value of one Migration, unless there is none. */
type Told = (value: number | undefined, more?: Readonly<Record<string, string>>) => void;

function toldOf({ metadata }: Migration, gauge: Gauge): Told {
  return (value, more = {}) => {
    const labels = { resource_namespace: metadata.namespace ?? '', migration: metadata.name, ...more };
    if (value !== undefined) gauge.set(labels, value);
  };
}

function unixTime(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time) / 1000;
}
