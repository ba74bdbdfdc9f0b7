/** What proves that a new volume has what the old one has: how closely they are compared, and what came of it. */
import type { ComparisonOrder } from '#contracts/mover/request.ts';
import type { MoverResult } from '#contracts/mover/result.ts';
import type { ResolvedMigration } from '#crds/migration.ts';
import { rfc3339 } from '#runtime/controller/conditions.ts';
import type { MigrationScope } from '../scope.ts';

export type Verification = NonNullable<ResolvedMigration['verification']>;

/** Nobody who fills the volume can foresee which files are read. */
export function comparisonOf({ migration: { spec, metadata } }: MigrationScope): ComparisonOrder {
  const { checksum: mode } = spec.verify;
  return { content: mode === 'Full' ? { mode } : { mode, seed: metadata.uid ?? '' } };
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
