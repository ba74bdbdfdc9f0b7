/** Restore: one mover for each claim writes the data and proves it; the way back writes the safety backup the same way. */

import type { MoverRun } from '#contracts/mover/job.ts';
import { runMovers } from '#contracts/mover/movers.ts';
import type { RequestOf } from '#contracts/mover/request.ts';
import type { MoverResult } from '#contracts/mover/result.ts';
import { counted } from '#contracts/text/figures.ts';
import type { BackupStore } from '#crds/backup-store.ts';
import { rfc3339 } from '#runtime/controller/conditions.ts';
import { runStatusOf } from '#runtime/controller/run-status.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { recordOf } from '#runtime/itinerary/record.ts';
import {
  done,
  fail,
  type RunStatus,
  type RunStep,
  type StepEntry,
  type StepResult,
  skip,
} from '#runtime/itinerary/types.ts';
import { ensureClaims } from '../claims.ts';
import { type RestoreScope, resolvedOf, storeOf } from '../scope.ts';
import { type StoredVolume, storedVolumes } from '../select.ts';

const deadline = ({ restore }: RestoreScope) =>
  (restore.spec.runPolicy.backoffLimit + 1) * restore.spec.runPolicy.activeDeadlineSeconds * 1000;

export const restore: RunStep<RestoreScope> = {
  name: 'Restore',
  effect: true,
  deadline,
  run: async (scope, entry) => {
    const resolved = resolvedOf(entry);
    await ensureClaims(scope, resolved);
    const volumes = resolved.volumes ?? [];
    return writeVolumes(scope, entry, { volumes, ...asAsked(scope) }, (results) => ({
      verification: verificationOf(scope, results),
    }));
  },
};

/** RestoreBackup, of the way back: what was there before. */
export const restoreBackup: RunStep<RestoreScope> = {
  name: 'RestoreBackup',
  effect: true,
  deadline,
  run: async (scope, entry) => {
    const { safetyBackup } = resolvedOf(entry);
    const backup = scope.backups.find(({ metadata }) => metadata.name === safetyBackup);
    const run = runStatusOf(scope.restore);
    if (backup === undefined || run === undefined || !hasWritten(run)) return skip('nothing was written yet');
    return writeVolumes(scope, entry, { volumes: storedVolumes(backup), ...wholly }, () => ({}));
  },
};

/** Whether a mover may have written to a claim. */
export function hasWritten(run: RunStatus): boolean {
  return recordOf(run, 'Forward', restore.name)?.startedAt !== undefined;
}

/** What is written, and what becomes of what is there. */
interface Writing extends Pick<RequestOf<'restore'>, 'overwrite' | 'deleteExtraneous'> {
  readonly volumes: readonly StoredVolume[];
  readonly include?: string[];
  readonly exclude?: string[];
}

function asAsked({ restore: { spec } }: RestoreScope): Omit<Writing, 'volumes'> {
  const { overwrite, deleteExtraneous = spec.target.containerRef !== undefined, include, exclude } = spec;
  return {
    overwrite,
    deleteExtraneous,
    ...(include === undefined ? {} : { include }),
    ...(exclude === undefined ? {} : { exclude }),
  };
}

/** As it was before, whatever of the backup was asked for. */
const wholly = { overwrite: 'Always', deleteExtraneous: true } as const;

/** @param resolve what the results settle, once there are all of them */
async function writeVolumes(
  scope: RestoreScope,
  entry: StepEntry,
  { volumes, ...how }: Writing,
  resolve: (results: readonly MoverResult[]) => Readonly<Record<string, unknown>>,
): Promise<StepResult> {
  const { pass, image } = scope;
  const store = storeOf(scope, entry);
  if (store === undefined) return fail(new DokkerrError('DKR_DEPENDENCY_MISSING', 'the BackupStore was deleted'));
  const runs = volumes.map((volume, index) => moverOf(scope, store, entry, volume, how, index));
  const outcome = await runMovers(pass, { runs, image, attempt: entry.attempt, done: 'written' });
  if (outcome.kind === 'ended') return done(whatWasWritten(outcome.results), resolve(outcome.results));
  if (outcome.progress !== undefined) scope.seen.progress = outcome.progress;
  return outcome.result;
}

/** With what is not as it was, though nothing failed: owners, mostly. */
function whatWasWritten(results: readonly MoverResult[]): string {
  const warnings = results.flatMap(({ warnings: told = [] }) => told);
  return [`${counted(results.length, 'claim')} written`, ...warnings].join('; ');
}

function moverOf(
  { restore: { spec } }: RestoreScope,
  store: BackupStore,
  entry: StepEntry,
  { claim, snapshotID }: StoredVolume,
  how: Omit<Writing, 'volumes'>,
  index: number,
): MoverRun {
  const { runAs } = resolvedOf(entry);
  const { verify, mover, runPolicy } = spec;
  return {
    name: `${entry.effectName}-${index}`,
    store,
    request: {
      operation: 'restore',
      snapshotID,
      ...how,
      verifySource: verify.source,
      verify: verify.target,
    },
    claim: { name: claim, readOnly: false },
    policy: runPolicy,
    ...(runAs === undefined ? {} : { runAs }),
    ...(mover === undefined ? {} : { mover }),
  };
}

function verificationOf({ restore: { spec }, pass }: RestoreScope, results: readonly MoverResult[]) {
  const sum = (of: (result: MoverResult) => number | undefined) =>
    results.reduce((total, result) => total + (of(result) ?? 0), 0);
  return {
    result: results.every(({ verification }) => verification?.result === 'Passed') ? 'Passed' : 'Skipped',
    mode: spec.verify.target,
    filesExpected: sum(({ verification }) => verification?.filesExpected),
    filesFound: sum(({ verification }) => verification?.filesFound),
    bytesRead: sum(({ verification }) => verification?.bytesRead),
    at: rfc3339(pass.now()),
  };
}
