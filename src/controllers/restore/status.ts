/** What a Restore shows of itself besides its steps. Pure. */
import { hookResults } from '#contracts/hooks/steps.ts';
import { failureClassOfRun } from '#contracts/mover/error.ts';
import type { ResolvedRestore, Restore, RestorePhase } from '#crds/restore.ts';
import type { RunSummary } from '#runtime/controller/types.ts';
import { recordOf } from '#runtime/itinerary/record.ts';
import type { RunStatus } from '#runtime/itinerary/types.ts';
import type { RestoreScope } from './scope.ts';

export function summarise(scope: RestoreScope, run: RunStatus): RunSummary<Restore> {
  const { restore, seen } = scope;
  // Sound: only this kind's steps write there, in the words of its schema.
  const { verification, safetyBackup }: ResolvedRestore = run.resolved ?? {};
  const progress = seen.progress ?? restore.status?.progress;
  const failureClass = failureClassOfRun(run);
  const hooks = hookResults({ object: restore, seen });
  return {
    phase: phaseOf(restore, run),
    source: sourceOf(restore.spec.source),
    target: targetOf(restore.spec.target),
    ...(progress === undefined
      ? {}
      : { progress: run.outcome === 'Completed' ? { ...progress, percent: 100 } : progress }),
    ...(verification === undefined ? {} : { verification }),
    ...(safetyBackup === undefined ? {} : { safetyBackupRef: { name: safetyBackup } }),
    ...(hooks.length === 0 ? {} : { hooks }),
    ...(failureClass === undefined ? {} : { failureClass }),
  };
}

/** The phase while a step is the one under way. */
const phaseOfStep: Readonly<Record<string, RestorePhase>> = {
  SelectPoint: 'Resolving',
  VerifyIntegrity: 'Resolving',
  Decrypt: 'Resolving',
  PreHooks: 'Quiescing',
  Quiesce: 'Quiescing',
  SafetyBackup: 'Quiescing',
  Restore: 'Restoring',
  VerifyRestoration: 'VerifyingTarget',
  Check: 'Checking',
  HandOver: 'HandingOver',
  Resume: 'Resuming',
  PostHooks: 'Resuming',
  UpdateState: 'VerifyingTarget',
};

function phaseOf({ metadata }: Restore, run: RunStatus): RestorePhase {
  if (metadata.deletionTimestamp !== undefined) return 'Deleting';
  if (run.outcome !== undefined) return run.outcome;
  if (run.itinerary === 'Rollback') return 'RollingBack';
  const current = run.steps.find(({ state }) => state === 'Running' || state === 'Pending');
  const begun = recordOf(run, 'Forward', 'SelectPoint')?.state !== 'Pending';
  return (begun && current !== undefined && phaseOfStep[current.name]) || 'Pending';
}

function sourceOf({ backupRef, containerRef, snapshot }: Restore['spec']['source']): string {
  if (backupRef !== undefined) return `Backup/${backupRef.name}`;
  return containerRef === undefined ? `snapshot ${snapshot?.id ?? ''}` : `Container/${containerRef.name}`;
}

function targetOf({ claim, claimRef, containerRef, scratch, populator }: Restore['spec']['target']): string {
  if (scratch !== undefined) return 'scratch';
  if (populator !== undefined) return 'the claim that names it';
  return containerRef === undefined ? `claim ${claimRef?.name ?? claim?.name ?? ''}` : `Container/${containerRef.name}`;
}
