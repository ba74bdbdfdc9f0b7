/** Copy: a claim of its own for the mover from each snapshot, once the storage has it whole. */
import { counted } from '#contracts/text/figures.ts';
import { VolumeSnapshot } from '#runtime/client/kinds.ts';
import { done, type RunStep, skip, wait } from '#runtime/itinerary/types.ts';
import { makeCopy } from '../copies.ts';
import { type BackupScope, resolvedOf } from '../scope.ts';

/** Milliseconds; storage that takes a snapshot elsewhere first needs as long as that takes. */
const readyDeadline = 2 * 3_600_000;

export const copy: RunStep<BackupScope> = {
  name: 'Copy',
  effect: true,
  deadline: () => readyDeadline,
  run: async (scope, entry) => {
    const { copyMethod, copies = [] } = resolvedOf(entry);
    if (copyMethod !== 'Snapshot') return skip(`the claims are read by ${copyMethod ?? 'Direct'}`);
    const { children } = scope.pass;
    const unready = copies.find(({ copy: name }) => children.get(VolumeSnapshot, name)?.status?.readyToUse !== true);
    if (unready !== undefined) return wait('Copying', `the snapshot of ${unready.claim} cannot be used yet`);
    for (const { claim, copy: name } of copies) await makeCopy(scope, claim, name, true);
    return done(`${counted(copies.length, 'claim')} made from snapshots`);
  },
};
