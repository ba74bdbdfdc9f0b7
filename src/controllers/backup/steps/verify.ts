/** Verify: nothing is Completed before what was stored was found whole, in the way the spec asks for. */
import { counted, formatBytes } from '#contracts/text/figures.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type RunStep, skip } from '#runtime/itinerary/types.ts';
import { type BackupScope, resolvedOf } from '../scope.ts';

export const verify: RunStep<BackupScope> = {
  name: 'Verify',
  run: async ({ backup }, entry) => {
    const { verification, volumes = [] } = resolvedOf(entry);
    if (backup.spec.verify.mode === 'None') return skip('spec.verify.mode is None: this backup is not proven');
    const lacking = volumes.find(({ snapshotID }) => snapshotID === undefined);
    if (verification?.result !== 'Passed' || lacking !== undefined) {
      return fail(
        new DokkerrError('DKR_RUN_FAILED', 'the mover did not prove what it stored', { reason: 'VerificationFailed' }),
      );
    }
    const files = volumes.reduce((sum, { filesTotal = 0 }) => sum + filesTotal, 0);
    return done(
      verification.mode === 'Data'
        ? `${counted(files, 'file')} listed, ${formatBytes(verification.bytesRead)} read back`
        : `${counted(files, 'file')} listed and counted`,
    );
  },
};
