/** The end of a process that was called in a way that cannot work. */
import { exitCodes } from '#runtime/manager/process.ts';

/** One line, and the exit code that says so. */
export function fail(message: string): never {
  process.stderr.write(`dokkerr: ${message}\n`);
  process.exit(exitCodes.unusable);
}
