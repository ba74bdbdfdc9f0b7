/** A clock that stands still until a test moves it. Time is one of the two things tests fake; randomness is the other. */
import type { Clock } from './clock.ts';

export interface ManualClock extends Clock {
  /** Moves time on, running everything that falls due on the way, in order. */
  advance(ms: number): void;
  /** Timers that have neither run nor been cancelled. */
  readonly pending: number;
}

/** @param start the wall clock at the beginning */
export function manualClock(start = new Date('2026-01-01T00:00:00Z')): ManualClock {
  let elapsed = 0;
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  const nextDue = (until: number) =>
    [...timers]
      .filter(({ at }) => at <= until)
      .reduce<{ at: number; run: () => void } | undefined>(
        (first, timer) => (first === undefined || timer.at < first.at ? timer : first),
        undefined,
      );
  return {
    monotonic: () => elapsed,
    now: () => new Date(start.getTime() + elapsed),
    after(delayMs, run) {
      const timer = { at: elapsed + Math.max(0, delayMs), run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(ms) {
      const until = elapsed + ms;
      for (let timer = nextDue(until); timer !== undefined; timer = nextDue(until)) {
        timers.delete(timer);
        elapsed = Math.max(elapsed, timer.at);
        timer.run();
      }
      elapsed = until;
    },
    get pending() {
      return timers.size;
    },
  };
}
