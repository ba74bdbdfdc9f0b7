/**
 * VerifyIntegrity: looks whether everything the snapshots need is in the store, before anything is stopped or written. The
 * movers that write look once more.
 */

import type { MoverRun } from '#contracts/mover/job.ts';
import { runMovers } from '#contracts/mover/movers.ts';
import { counted } from '#contracts/text/figures.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type RunStep } from '#runtime/itinerary/types.ts';
import { type RestoreScope, resolvedOf, storeOf } from '../scope.ts';

export const verifyIntegrity: RunStep<RestoreScope> = {
  name: 'VerifyIntegrity',
  effect: true,
  run: async (scope, entry) => {
    const { restore, pass, image } = scope;
    const store = storeOf(scope, entry);
    if (store === undefined) return fail(new DokkerrError('DKR_DEPENDENCY_MISSING', 'the BackupStore was deleted'));
    const { volumes = [] } = resolvedOf(entry);
    const { runPolicy: policy, mover, verify } = restore.spec;
    const part = verify.source === 'Data' ? { readDataPercent: 100 } : {};
    const runs = volumes.map(
      ({ snapshotID }, index): MoverRun => ({
        name: `${entry.effectName}-${index}`,
        store,
        request: { operation: 'check', snapshotID, ...part },
        policy,
        ...(mover === undefined ? {} : { mover }),
      }),
    );
    const outcome = await runMovers(pass, { runs, image, attempt: entry.attempt, done: 'looked at' });
    return outcome.kind === 'ended'
      ? done(`${counted(volumes.length, 'snapshot')} looked at and whole`)
      : outcome.result;
  },
};
