/** Filling the staging claims from a Backup, one mover each, each of which proves what it wrote. */
import type { MoverRun } from '#contracts/mover/job.ts';
import { runMovers } from '#contracts/mover/movers.ts';
import type { MoverResult } from '#contracts/mover/result.ts';
import type { Backup } from '#crds/backup.ts';
import type { MigratedVolume } from '#crds/migration.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { fail, type StepEntry, type StepResult } from '#runtime/itinerary/types.ts';
import { type MigrationScope, resolvedOf, storeOf } from '../scope.ts';
import { moverOf } from './pass-backup.ts';
import { ensureStaging } from './staging.ts';
import { comparisonOf } from './verification.ts';

export type FillOutcome =
  | { readonly kind: 'filled'; readonly results: readonly MoverResult[] }
  | { readonly kind: 'step'; readonly result: StepResult };

export interface Filling {
  readonly backup: Backup;
  /** tells the fillings of one step apart */
  readonly label: string;
  /** what to do with files that are there already */
  readonly overwrite: 'Always' | 'IfChanged';
  /** besides being read back each is compared with its old volume, where nobody writes any more */
  readonly compared?: boolean;
}

export async function fill(
  scope: MigrationScope,
  entry: StepEntry,
  { backup, label, overwrite, compared = false }: Filling,
): Promise<FillOutcome> {
  const { volumes = [] } = resolvedOf(entry);
  const store = storeOf(scope, entry);
  if (store === undefined) return failed('DKR_DEPENDENCY_MISSING', 'the BackupStore was deleted');
  const lacking = volumes.find((volume) => snapshotOf(backup, volume) === undefined);
  if (lacking !== undefined) {
    return failed('DKR_RUN_FAILED', `Backup ${backup.metadata.name} has no snapshot of claim ${lacking.claim}`);
  }
  await ensureStaging(scope, volumes);
  const { runPolicy } = scope.migration.spec;
  const runs = volumes.map(
    (volume, index): MoverRun => ({
      name: `${entry.effectName}-${label}-${index}`,
      store,
      request: {
        operation: 'restore',
        snapshotID: snapshotOf(backup, volume) ?? '',
        overwrite,
        deleteExtraneous: true,
        verify: 'Checksum',
        ...(compared ? { compareWith: comparisonOf(scope) } : {}),
      },
      claim: { name: volume.staging, readOnly: false },
      ...(compared ? { comparedWith: volume.claim } : {}),
      policy: runPolicy,
      mover: moverOf(scope, entry),
    }),
  );
  const outcome = await runMovers(scope.pass, { runs, image: scope.image, attempt: entry.attempt, done: 'written' });
  if (outcome.kind === 'step') {
    if (outcome.progress !== undefined) scope.seen.progress = outcome.progress;
    return outcome;
  }
  return outcome.results.every(({ verification }) => verification?.result === 'Passed')
    ? { kind: 'filled', results: outcome.results }
    : failed('DKR_RUN_FAILED', 'a mover did not prove what it wrote');
}

function snapshotOf({ status }: Backup, { claim }: MigratedVolume): string | undefined {
  return status?.volumes?.find((volume) => volume.claim === claim)?.snapshotID;
}

function failed(code: 'DKR_DEPENDENCY_MISSING' | 'DKR_RUN_FAILED', message: string) {
  return { kind: 'step', result: fail(new DokkerrError(code, message)) } as const;
}
