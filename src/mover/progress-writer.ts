/** Says on standard output how far a run is, one JSON document a line, and not too often. */
import { type MoverLine, type MoverPhase, progressInterval } from '#contracts/mover/progress.ts';
import type { MoverSnapshot } from '#contracts/mover/result.ts';
import type { Clock } from '#runtime/clock.ts';
import type { Reporter } from './context.ts';
import type { EngineProgress } from './engine.ts';

const nothing: EngineProgress = { bytesDone: 0, totalBytes: 0, filesDone: 0, totalFiles: 0 };

/** @param write takes one line without its end */
export function createReporter(clock: Clock, write: (line: string) => void): Reporter {
  const writeLine = (line: MoverLine) => write(JSON.stringify(line));
  let last: { at: number; phase: MoverPhase; bytesDone: number } | undefined;
  return {
    progress: (phase, progress = nothing) => {
      const at = clock.monotonic();
      if (last !== undefined && at - last.at < progressInterval) return;
      // Each phase counts from its own beginning.
      const before = last?.phase === phase ? last.bytesDone : 0;
      const seconds = last === undefined ? 0 : (at - last.at) / 1000;
      const moved = Math.max(0, progress.bytesDone - before);
      writeLine({
        type: 'progress',
        phase,
        ...progress,
        percent: percentOf(progress),
        bytesPerSecond: seconds === 0 ? 0 : Math.round(moved / seconds),
      });
      last = { at, phase, bytesDone: progress.bytesDone };
    },
    snapshot: (snapshot: MoverSnapshot) => writeLine({ type: 'snapshot', snapshot }),
  };
}

/** One decimal. While totals are still being counted what is done may be ahead of them. */
function percentOf({ bytesDone, totalBytes, filesDone, totalFiles }: EngineProgress): number {
  const [done, total] = totalBytes > 0 ? [bytesDone, totalBytes] : [filesDone, totalFiles];
  return total === 0 ? 0 : Math.min(100, Math.round((done / total) * 1000) / 10);
}
