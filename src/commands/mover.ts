/** `dokkerr mover`: one operation on one backup repository; what the operator's Jobs run. */
import { Command } from 'commander';
import { requestVariable } from '#contracts/mover/files.ts';
import { moverExitCodes } from '#contracts/mover/result.ts';

export const moverCommand = new Command('mover')
  .addHelpText(
    'after',
    `
The operation is JSON in $${requestVariable}, the result JSON in the container's termination message.

Exit codes:
  ${moverExitCodes.succeeded}  succeeded
  ${moverExitCodes.failed}  failed; the same again may work
  ${moverExitCodes.failedForGood}  failed, and will again until somebody changes something
  ${moverExitCodes.partial}  the snapshot lacks files that could not be read, as the request allows
  ${moverExitCodes.canceled}  ended by SIGTERM`,
  )
  .action(async () => {
    const { runMoverRole } = await import('../roles/mover.ts');
    process.exitCode = await runMoverRole();
  });
