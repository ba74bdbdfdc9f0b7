/** The role `mover`: one operation on one repository, in a pod of its own, ended early by SIGTERM. Speaks to no API server. */
import { type MoverFiles, moverFiles } from '#contracts/mover/files.ts';
import { systemClock } from '#runtime/clock.ts';
import { runMover } from '../mover/mover.ts';

/** Where a mover finds things; the defaults are those of its pod and of the operator's image. */
export interface MoverPlace {
  readonly files?: MoverFiles;
  /** absolute path of restic's program */
  readonly restic?: string;
}

/** Resolves to the exit code (`moverExitCodes`). A second signal changes nothing: locks are being given back. */
export async function runMoverRole({
  files = moverFiles,
  restic = '/usr/local/bin/restic',
}: MoverPlace = {}): Promise<number> {
  const ending = new AbortController();
  const onSignal = () => ending.abort();
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  try {
    return await runMover({
      environment: process.env,
      files,
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
