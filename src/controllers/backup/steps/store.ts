/** Store: one mover for each claim reads, compresses, encrypts, stores and verifies in one go; its results are kept. */

import { scheduleLabel } from '#contracts/backup/schedule.ts';
import type { MoverRun } from '#contracts/mover/job.ts';
import { runMovers } from '#contracts/mover/movers.ts';
import type { MoverResult } from '#contracts/mover/result.ts';
import { tagsOf } from '#contracts/store/snapshot-tags.ts';
import { counted } from '#contracts/text/figures.ts';
import type { BackupVolume, ResolvedBackup } from '#crds/backup.ts';
import type { BackupStore } from '#crds/backup-store.ts';
import { rfc3339 } from '#runtime/controller/conditions.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type RunStep, type StepEntry, type StepResult } from '#runtime/itinerary/types.ts';
import { type BackupScope, resolvedOf } from '../scope.ts';

export const store: RunStep<BackupScope> = {
  name: 'Store',
  effect: true,
  deadline: ({ backup }) =>
    (backup.spec.runPolicy.backoffLimit + 1) * backup.spec.runPolicy.activeDeadlineSeconds * 1000,
  run: async (scope, entry) => {
    const { claims = [] } = resolvedOf(entry);
    if (scope.store === undefined)
      return fail(new DokkerrError('DKR_DEPENDENCY_MISSING', 'the BackupStore was deleted'));
    const { store: backupStore, pass, image, seen } = scope;
    const runs = claims.map(({ name }, index) => moverOf(scope, backupStore, entry, name, index));
    const outcome = await runMovers(pass, { runs, image, attempt: entry.attempt, done: 'stored' });
    if (outcome.kind === 'ended') return concluded(scope, claims, outcome.results);
    if (outcome.progress !== undefined) seen.progress = outcome.progress;
    return outcome.result;
  },
};

function moverOf(
  { backup, namespace }: BackupScope,
  backupStore: BackupStore,
  entry: StepEntry,
  claim: string,
  index: number,
): MoverRun {
  const { copies = [], claims = [], runAs } = resolvedOf(entry);
  const { include, exclude, verify, onUnreadableFiles, onEmptySource, mover, runPolicy } = backup.spec;
  const node = claims[index]?.node;
  const schedule = backup.metadata.labels?.[scheduleLabel];
  return {
    name: `${entry.effectName}-${index}`,
    store: backupStore,
    request: {
      operation: 'backup',
      host: `${namespace}/${claim}`,
      tags: tagsOf({
        namespace,
        claim,
        backup: backup.metadata.name,
        uid: backup.metadata.uid ?? '',
        ...(backup.spec.containerRef === undefined ? {} : { container: backup.spec.containerRef.name }),
        ...(schedule === undefined ? {} : { schedule }),
      }),
      ...(include === undefined ? {} : { include }),
      ...(exclude === undefined ? {} : { exclude }),
      compression: backupStore.spec.compression,
      onUnreadableFiles,
      onEmptySource,
      verify:
        verify.mode === 'Data' ? { mode: 'Data', readDataPercent: verify.readDataPercent } : { mode: verify.mode },
    },
    claim: { name: copies.find((copy) => copy.claim === claim)?.copy ?? claim, readOnly: true },
    policy: runPolicy,
    ...(runAs === undefined ? {} : { runAs }),
    ...(mover === undefined ? {} : { mover }),
    ...(node === undefined ? {} : { node }),
  };
}

function concluded(
  { pass, backup }: BackupScope,
  claims: NonNullable<ResolvedBackup['claims']>,
  results: readonly MoverResult[],
): StepResult {
  const volumes = claims.map(({ name }, index) => volumeOf(name, results[index]));
  const { mode } = backup.spec.verify;
  const passed = results.every(({ verification }) => verification?.result === 'Passed');
  const bytesRead = results.reduce((sum, { verification }) => sum + (verification?.bytesRead ?? 0), 0);
  return done(`${counted(volumes.length, 'claim')} stored`, {
    volumes,
    verification: { result: passed ? 'Passed' : 'Skipped', mode, bytesRead, at: rfc3339(pass.now()) },
  });
}

function volumeOf(claim: string, result: MoverResult | undefined): BackupVolume {
  const { snapshotID, stats, unreadable = [] } = result ?? {};
  return {
    claim,
    ...(snapshotID === undefined ? {} : { snapshotID }),
    ...(stats === undefined
      ? {}
      : {
          sizeBytes: stats.sizeBytes,
          storedBytes: stats.storedBytes,
          filesTotal: stats.filesTotal,
          filesNew: stats.filesNew,
          filesChanged: stats.filesChanged,
          filesUnmodified: stats.filesUnmodified,
          filesFailed: stats.filesFailed,
        }),
    ...(unreadable.length === 0 ? {} : { unreadable }),
  };
}
