/** The role `mover`: one operation on one repository, in a pod of its own, ended early by SIGTERM. Speaks to no API server. */
import { moverFiles } from '#contracts/mover/files.ts';
import { systemClock } from '#runtime/clock.ts';
import { runMover } from '../mover/mover.ts';

/** Where the operator's image has it. */
const restic = '/usr/local/bin/restic';

/** Resolves to the exit code (`moverExitCodes`). A second signal changes nothing: locks are being given back. */
export async function runMoverRole(): Promise<number> {
  const ending = new AbortController();
  const onSignal = () => ending.abort();
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  try {
    return await runMover({
      environment: process.env,
      files: moverFiles,
      clock: systemClock,
      signal: ending.signal,
      write: (line) => void process.stdout.write(`${line}\n`),
      restic,
    });
  } finally {
    process.off('SIGTERM', onSignal);
    process.off('SIGINT', onSignal);
  }
}
