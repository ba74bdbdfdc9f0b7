/** Comparing each old volume with its new one, by movers that can write to neither. */
import type { CompareRun } from '#contracts/mover/job.ts';
import { runMovers } from '#contracts/mover/movers.ts';
import type { MoverResult } from '#contracts/mover/result.ts';
import type { ResolvedMigration } from '#crds/migration.ts';
import { rfc3339 } from '#runtime/controller/conditions.ts';
import type { StepEntry, StepResult } from '#runtime/itinerary/types.ts';
import { type MigrationScope, resolvedOf, storeOf } from '../scope.ts';
import { moverOf } from './pass-backup.ts';

type Verification = NonNullable<ResolvedMigration['verification']>;

export type CompareOutcome =
  /** `warnings`: what is not the same, and is no reason not to go on */
  | { readonly kind: 'same'; readonly verification: Verification; readonly warnings: readonly string[] }
  | { readonly kind: 'step'; readonly result: StepResult };

export async function compareVolumes(scope: MigrationScope, entry: StepEntry): Promise<CompareOutcome> {
  const { spec, metadata } = scope.migration;
  const { checksum: mode } = spec.verify;
  const defaults = storeOf(scope, entry)?.spec.moverDefaults;
  // Nobody who fills the volume can foresee which files are read.
  const content = mode === 'Full' ? { mode } : { mode, seed: metadata.uid ?? '' };
  const runs = (resolvedOf(entry).volumes ?? []).map(
    ({ claim, staging }, index): CompareRun => ({
      name: `${entry.effectName}-${index}`,
      request: { operation: 'compare', content },
      source: claim,
      target: staging,
      policy: spec.runPolicy,
      mover: moverOf(scope, entry),
      ...(defaults === undefined ? {} : { defaults }),
    }),
  );
  const outcome = await runMovers(scope.pass, { runs, image: scope.image, attempt: entry.attempt, done: 'compared' });
  if (outcome.kind === 'ended') {
    const warnings = outcome.results.flatMap(({ warnings: told = [] }) => told);
    return { kind: 'same', verification: verificationOf(scope, mode, outcome.results), warnings };
  }
  if (outcome.progress !== undefined) scope.seen.progress = outcome.progress;
  return outcome;
}

export function verificationOf(
  { pass }: MigrationScope,
  mode: Verification['mode'],
  results: readonly MoverResult[],
): Verification {
  const sum = (of: (result: MoverResult) => number | undefined) =>
    results.reduce((total, result) => total + (of(result) ?? 0), 0);
  return {
    result: results.every(({ verification }) => verification?.result === 'Passed') ? 'Passed' : 'Skipped',
    mode,
    filesCompared: sum(({ verification }) => verification?.filesFound),
    bytesRead: sum(({ verification }) => verification?.bytesRead),
    at: rfc3339(pass.now()),
  };
}
