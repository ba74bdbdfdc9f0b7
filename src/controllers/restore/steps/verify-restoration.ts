/** VerifyRestoration: the movers compared what they wrote with the snapshot; without that nothing is Completed. */
import { counted, formatBytes } from '#contracts/text/figures.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type RunStep } from '#runtime/itinerary/types.ts';
import { type RestoreScope, resolvedOf } from '../scope.ts';

export const verifyRestoration: RunStep<RestoreScope> = {
  name: 'VerifyRestoration',
  run: async (_, entry) => {
    const { verification } = resolvedOf(entry);
    if (verification?.result !== 'Passed') {
      return fail(
        new DokkerrError('DKR_RUN_FAILED', 'the mover did not prove what it wrote', { reason: 'VerificationFailed' }),
      );
    }
    const { filesFound, filesExpected, mode, bytesRead } = verification;
    const read = mode === 'Checksum' ? `, ${formatBytes(bytesRead)} read again` : '';
    return done(`${filesFound} of ${counted(filesExpected, 'file')} as backed up${read}`);
  },
};
