/**
 * VerifyIntegrity: looks whether everything the snapshots need is in the store, before anything is stopped or written. The
 * movers that write look once more.
 */

import { failedAttempt } from '#contracts/mover/attempt.ts';
import { runMover } from '#contracts/mover/run.ts';
import { counted } from '#contracts/text/figures.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type RunStep, wait } from '#runtime/itinerary/types.ts';
import { type RestoreScope, resolvedOf, storeOf } from '../scope.ts';

/** Milliseconds between two looks at the mover; its end wakes the run anyway. */
const recheck = 15_000;

export const verifyIntegrity: RunStep<RestoreScope> = {
  name: 'VerifyIntegrity',
  effect: true,
  run: async (scope, entry) => {
    const { restore, pass, image } = scope;
    const store = storeOf(scope, entry);
    if (store === undefined) return fail(new DokkerrError('DKR_DEPENDENCY_MISSING', 'the BackupStore was deleted'));
    const { volumes = [] } = resolvedOf(entry);
    const { runPolicy: policy, mover } = restore.spec;
    for (const [index, { snapshotID, claim }] of volumes.entries()) {
      const name = `${entry.effectName}-${index}`;
      const request = {
        operation: 'check',
        snapshotID,
        ...(restore.spec.verify.source === 'Data' ? { readDataPercent: 100 } : {}),
      } as const;
      const state = await runMover(
        pass,
        { name, store, request, policy, ...(mover === undefined ? {} : { mover }) },
        image,
      );
      if (state.kind === 'lost') return failedAttempt(state.failure, entry.attempt, policy.backoffLimit);
      if (state.kind !== 'ended')
        return wait('VerifyingSource', `the snapshot for ${claim} is being looked at`, recheck);
      const { failure } = state.result;
      if (failure !== undefined) return failedAttempt(failure, entry.attempt, policy.backoffLimit);
    }
    return done(`${counted(volumes.length, 'snapshot')} looked at and whole`);
  },
};
