/** What a Migration shows of itself besides its steps. Pure. */
import { failureClassOfRun } from '#contracts/mover/error.ts';
import type { Migration, MigrationPhase, ResolvedMigration } from '#crds/migration.ts';
import type { ConditionInput } from '#runtime/controller/conditions.ts';
import { rfc3339 } from '#runtime/controller/conditions.ts';
import type { RunSummary } from '#runtime/controller/types.ts';
import { recordOf } from '#runtime/itinerary/record.ts';
import type { RunStatus } from '#runtime/itinerary/types.ts';
import { downtimeOf } from './downtime.ts';
import type { MigrationScope } from './scope.ts';
import { endOfKeeping } from './steps/keep.ts';

export function summarise({ migration, backups, seen, pass }: MigrationScope, run: RunStatus): RunSummary<Migration> {
  // Sound: only this kind's steps write there, in the words of its schema.
  const resolved: ResolvedMigration = run.resolved ?? {};
  const { plan, backup, verification, retained, workloads } = resolved;
  const progress = seen.progress ?? migration.status?.progress;
  const failureClass = failureClassOfRun(run);
  const isBackupThere = backups.some(({ metadata }) => metadata.name === backup);
  const downtime = downtimeOf(run);
  const pointOfNoReturn = lastMoment(migration, run, resolved, pass.now());
  return {
    phase: phaseOf(migration, run),
    source: sourceOf(migration.spec.source),
    target: targetOf(migration.spec),
    ...(plan === undefined ? {} : { plan }),
    ...(progress === undefined
      ? {}
      : { progress: run.outcome === 'Completed' ? { ...progress, percent: 100 } : progress }),
    ...(backup === undefined || !isBackupThere ? {} : { backupRef: { name: backup } }),
    ...(verification === undefined ? {} : { verification }),
    ...(workloads === undefined
      ? {}
      : { originalReplicas: workloads.reduce((sum, { replicas }) => sum + replicas, 0) }),
    ...(downtime === undefined ? {} : { downtime }),
    ...(pointOfNoReturn === undefined ? {} : { pointOfNoReturn }),
    ...(retained === undefined ? {} : { retainedVolumes: retained }),
    ...(failureClass === undefined ? {} : { failureClass }),
  };
}

/** Whether the application has its new volume. */
export function switchedOver(run: RunStatus): ConditionInput[] {
  const record = recordOf(run, 'Forward', 'SwitchOver');
  const { undo }: ResolvedMigration = run.resolved ?? {};
  if (record?.state !== 'Succeeded') {
    return [{ type: 'SwitchedOver', status: 'False', reason: 'NotYet', message: 'the claims have their old volumes' }];
  }
  if (run.itinerary === 'Forward' || undo?.isLeft === true) {
    return [
      { type: 'SwitchedOver', status: 'True', reason: 'SwitchedOver', message: 'the claims have their new volumes' },
    ];
  }
  return [
    { type: 'SwitchedOver', status: 'False', reason: 'Undone', message: 'the claims get their old volumes back' },
  ];
}

/** The phase while a step is the one under way. */
const phaseOfStep: Readonly<Record<string, MigrationPhase>> = {
  Plan: 'Planning',
  Hold: 'Stopping',
  Backup: 'BackingUp',
  Transform: 'Transforming',
  Validate: 'Validating',
  Load: 'Copying',
  Approve: 'AwaitingApproval',
  Quiesce: 'Stopping',
  Synchronise: 'Synchronising',
  Verify: 'Verifying',
  SwitchOver: 'SwitchingOver',
  Resume: 'Starting',
  Keep: 'Switched',
  Cleanup: 'CleaningUp',
};

function phaseOf({ metadata, spec }: Migration, run: RunStatus): MigrationPhase {
  if (metadata.deletionTimestamp !== undefined) return 'Deleting';
  if (run.outcome !== undefined) return spec.dryRun && run.outcome === 'Completed' ? 'Planned' : run.outcome;
  if (run.itinerary !== 'Forward') return run.itinerary === 'Rollback' ? 'RollingBack' : 'Canceling';
  const current =
    run.steps.find(({ state }) => state === 'Running') ?? run.steps.find(({ state }) => state === 'Pending');
  if (current?.state === 'Pending' && current.name === 'Plan') return 'Pending';
  return (current !== undefined && phaseOfStep[current.name]) || 'CleaningUp';
}

/** Until when there is a way back; absent before the switch, and where it was gone already. */
function lastMoment(
  { spec }: Migration,
  run: RunStatus,
  { keptUntil }: ResolvedMigration,
  now: Date,
): string | undefined {
  if (keptUntil !== undefined) return keptUntil;
  if (spec.mode === 'StageOnly' || run.itinerary !== 'Forward') return undefined;
  if (recordOf(run, 'Forward', 'SwitchOver')?.state !== 'Succeeded') return undefined;
  return rfc3339(endOfKeeping(run, spec.keepSource.for, now));
}

function sourceOf({ containerRef, claimRef }: Migration['spec']['source']): string {
  return containerRef === undefined ? `claim ${claimRef?.name ?? ''}` : `Container/${containerRef.name}`;
}

function targetOf({ target, transform, mode }: Migration['spec']): string {
  const { namespace, name, storageClassName, capacity, accessModes } = target;
  const changes = [
    ...(namespace === undefined ? [] : [`namespace ${namespace}`]),
    ...(name === undefined ? [] : [`claim ${name}`]),
    ...(storageClassName === undefined ? [] : [`class ${storageClassName}`]),
    ...(capacity === undefined ? [] : [capacity]),
    ...(accessModes ?? []),
    ...(transform === undefined ? [] : ['transformed']),
    ...(mode === 'Full' ? [] : ['staged only']),
  ];
  return changes.join(', ').slice(0, 512);
}
