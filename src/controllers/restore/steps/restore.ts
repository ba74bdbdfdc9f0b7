/** Restore: one mover for each claim writes the data and proves it; the way back writes the safety backup the same way. */

import { failedAttempt } from '#contracts/mover/attempt.ts';
import type { MoverRun } from '#contracts/mover/job.ts';
import { readProgress, sumProgress } from '#contracts/mover/progress-log.ts';
import type { MoverResult } from '#contracts/mover/result.ts';
import { runMover } from '#contracts/mover/run.ts';
import type { MoverState } from '#contracts/mover/state.ts';
import { counted } from '#contracts/text/figures.ts';
import type { BackupStore } from '#crds/backup-store.ts';
import { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { apiVersionOf } from '#runtime/client/types.ts';
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
  wait,
} from '#runtime/itinerary/types.ts';
import { type RestoreScope, resolvedOf, storeOf } from '../scope.ts';
import { type StoredVolume, storedVolumes } from '../select.ts';

/** Milliseconds between two looks at a transfer under way: more would be writes that nobody reads. */
const progressInterval = 5_000;

const deadline = ({ restore }: RestoreScope) =>
  (restore.spec.runPolicy.backoffLimit + 1) * restore.spec.runPolicy.activeDeadlineSeconds * 1000;

export const restore: RunStep<RestoreScope> = {
  name: 'Restore',
  effect: true,
  deadline,
  run: async (scope, entry) => {
    await ensureClaim(scope);
    return writeVolumes(scope, entry, resolvedOf(entry).volumes ?? [], (results) => ({
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
    return writeVolumes(scope, entry, storedVolumes(backup), () => ({}));
  },
};

/** Whether a mover may have written to a claim. */
export function hasWritten(run: RunStatus): boolean {
  return recordOf(run, 'Forward', restore.name)?.startedAt !== undefined;
}

/** @param resolve what the results settle, once there are all of them */
async function writeVolumes(
  scope: RestoreScope,
  entry: StepEntry,
  volumes: readonly StoredVolume[],
  resolve: (results: readonly MoverResult[]) => Readonly<Record<string, unknown>>,
): Promise<StepResult> {
  const { pass, image } = scope;
  const store = storeOf(scope, entry);
  if (store === undefined) return fail(new DokkerrError('DKR_DEPENDENCY_MISSING', 'the BackupStore was deleted'));
  const states: MoverState[] = [];
  for (const [index, volume] of volumes.entries()) {
    states.push(await runMover(pass, moverOf(scope, store, entry, volume, index), image));
  }
  for (const state of states) {
    const failure = state.kind === 'lost' ? state.failure : state.kind === 'ended' ? state.result.failure : undefined;
    if (failure !== undefined) return failedAttempt(failure, entry.attempt, scope.restore.spec.runPolicy.backoffLimit);
  }
  const results = states.flatMap((state) => (state.kind === 'ended' ? [state.result] : []));
  if (results.length === volumes.length) return done(`${counted(results.length, 'claim')} written`, resolve(results));
  return underWay(scope, states);
}

async function underWay({ pass, seen }: RestoreScope, states: readonly MoverState[]): Promise<StepResult> {
  const running = states.filter((state) => state.kind === 'running');
  const progresses = await Promise.all(running.map(({ pod }) => readProgress(pass, pod)));
  const progress = sumProgress(progresses.filter((one) => one !== undefined));
  if (progress !== undefined) seen.progress = progress;
  const starting = states.find((state) => state.kind === 'starting');
  if (starting !== undefined)
    return wait('MoverStarting', `a mover is starting: ${starting.message}`, progressInterval);
  return wait(
    'Restoring',
    `${states.length - running.length} of ${states.length} claims are written`,
    progressInterval,
  );
}

function moverOf(
  { restore: { spec } }: RestoreScope,
  store: BackupStore,
  entry: StepEntry,
  { claim, snapshotID }: StoredVolume,
  index: number,
): MoverRun {
  const { runAs } = resolvedOf(entry);
  const { overwrite, include, exclude, verify, mover, runPolicy, target } = spec;
  return {
    name: `${entry.effectName}-${index}`,
    store,
    request: {
      operation: 'restore',
      snapshotID,
      overwrite,
      deleteExtraneous: spec.deleteExtraneous ?? target.containerRef !== undefined,
      ...(include === undefined ? {} : { include }),
      ...(exclude === undefined ? {} : { exclude }),
      verifySource: verify.source,
      verify: verify.target,
    },
    claim: { name: claim, readOnly: false },
    policy: runPolicy,
    ...(runAs === undefined ? {} : { runAs }),
    ...(mover === undefined ? {} : { mover }),
  };
}

/** The claim that is to be made. It is the user's from then on. */
async function ensureClaim({ restore: { spec }, pass }: RestoreScope): Promise<void> {
  const { claim } = spec.target;
  if (claim === undefined) return;
  const { name, size, storageClassName, accessModes } = claim;
  await pass.children.apply(
    PersistentVolumeClaim,
    {
      apiVersion: apiVersionOf(PersistentVolumeClaim),
      kind: PersistentVolumeClaim.kind,
      metadata: { name },
      spec: {
        accessModes,
        resources: { requests: { storage: size } },
        ...(storageClassName === undefined ? {} : { storageClassName }),
      },
    },
    { owned: false },
  );
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
