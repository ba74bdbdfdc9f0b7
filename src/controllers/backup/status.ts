/** What a Backup shows of itself besides its steps. Pure. */

import { isDiscovered } from '#contracts/backup/discovered.ts';
import { isMissing } from '#contracts/backup/missing.ts';
import { scheduleLabel } from '#contracts/backup/schedule.ts';
import { hookFailure } from '#contracts/hooks/next.ts';
import { hookResults } from '#contracts/hooks/steps.ts';
import { failureClassOfRun } from '#contracts/mover/error.ts';
import { formatBytes } from '#contracts/text/figures.ts';
import type { Backup, BackupPhase, BackupVolume, ResolvedBackup } from '#crds/backup.ts';
import { durationMs } from '#crds/schema/duration.ts';
import { controllerOf } from '#runtime/client/owners.ts';
import { rfc3339 } from '#runtime/controller/conditions.ts';
import type { RunSummary } from '#runtime/controller/types.ts';
import { recordOf } from '#runtime/itinerary/record.ts';
import type { RunStatus } from '#runtime/itinerary/types.ts';
import type { BackupScope } from './scope.ts';

export function summarise(scope: BackupScope, run: RunStatus): RunSummary<Backup> {
  const { backup, seen } = scope;
  // Sound: only this kind's steps write there, in the words of its schema.
  const { volumes, verification }: ResolvedBackup = run.resolved ?? {};
  const progress = run.outcome === undefined ? (seen.progress ?? backup.status?.progress) : backup.status?.progress;
  const expiresAt = expiryOf(backup, run.completedAt);
  const totals = totalsOf(volumes ?? []);
  const hooks = hookResults({ object: backup, seen });
  const isHookFailed = hookFailure(backup.spec.hooks?.post ?? [], hooks, 'Post') !== undefined;
  const failureClass = failureClassOfRun(run) ?? (run.outcome !== undefined && isHookFailed ? 'HookFailed' : undefined);
  return {
    phase: phaseOf(backup, run, totals.filesFailed > 0 || isHookFailed),
    source: sourceOf(backup),
    origin: originOf(backup),
    ...(isMissing(volumes ?? [], scope.store) ? { missing: true } : {}),
    ...(progress === undefined
      ? {}
      : { progress: run.outcome === 'Completed' ? { ...progress, percent: 100 } : progress }),
    ...(volumes === undefined
      ? {}
      : { volumes, size: formatBytes(totals.sizeBytes), added: formatBytes(totals.storedBytes) }),
    ...(verification === undefined ? {} : { verification }),
    ...(hooks.length === 0 ? {} : { hooks }),
    ...(failureClass === undefined ? {} : { failureClass }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** When its ttl ends; undefined while it runs, without a ttl, or when it did not complete. */
export function expiryOf({ spec, status }: Backup, completedAt: string | undefined): string | undefined {
  if (spec.ttl === undefined || completedAt === undefined || (status?.outcome ?? 'Completed') !== 'Completed')
    return undefined;
  return rfc3339(new Date(Date.parse(completedAt) + durationMs(spec.ttl)));
}

/** Over all volumes. */
export function totalsOf(volumes: readonly BackupVolume[]) {
  const sum = (of: (volume: BackupVolume) => number | undefined) =>
    volumes.reduce((total, volume) => total + (of(volume) ?? 0), 0);
  return {
    sizeBytes: sum(({ sizeBytes }) => sizeBytes),
    storedBytes: sum(({ storedBytes }) => storedBytes),
    filesFailed: sum(({ filesFailed }) => filesFailed),
  };
}

function phaseOf({ metadata }: Backup, run: RunStatus, isPartial: boolean): BackupPhase {
  if (metadata.deletionTimestamp !== undefined) return 'Deleting';
  const { outcome } = run;
  if (outcome === undefined) return phaseUnderWay(run);
  switch (outcome) {
    case 'Completed':
      return isPartial ? 'PartiallyFailed' : 'Completed';
    case 'Failed':
    case 'RolledBack':
      return 'Failed';
    case 'Canceled':
      return 'Canceled';
  }
}

function phaseUnderWay(run: RunStatus): BackupPhase {
  const initiate = recordOf(run, 'Forward', 'Initiate');
  if (initiate?.state === 'Pending' || initiate === undefined) return 'Pending';
  if (initiate.state === 'Running') return 'Queued';
  return recordOf(run, 'Forward', 'Store')?.state === 'Succeeded' ? 'Verifying' : 'InProgress';
}

function originOf(backup: Backup): NonNullable<NonNullable<Backup['status']>['origin']> {
  if (isDiscovered(backup)) return 'Discovered';
  if (controllerOf(backup)?.kind === 'Migration') return 'PreMigration';
  return backup.metadata.labels?.[scheduleLabel] === undefined ? 'Manual' : 'Scheduled';
}

function sourceOf({ spec }: Backup): string {
  if (spec.containerRef !== undefined) return `Container/${spec.containerRef.name}`;
  return (
    spec.source?.claims
      ?.map(({ name }) => name)
      .join(',')
      .slice(0, 512) ?? 'by labels'
  );
}
