/** A failure as the result has it. */
import type { RunFailure } from '#contracts/mover/failure.ts';
import type { MoverFailure } from '#contracts/mover/result.ts';

/** Without what is not known. */
export function failureOf({
  class: failureClass,
  message,
  retryable,
  exitCode,
  stderrTail,
  damagedPacks,
}: RunFailure): MoverFailure {
  return {
    class: failureClass,
    message,
    retryable,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(stderrTail === undefined || stderrTail === '' ? {} : { stderrTail }),
    ...(damagedPacks.length === 0 ? {} : { damagedPacks: [...damagedPacks] }),
  };
}
