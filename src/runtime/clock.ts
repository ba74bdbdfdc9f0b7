/**
 * Time as a parameter: everything in the runtime that waits, measures or dates something takes a `Clock`, so that tests
 * decide what time it is.
 */

/** The longest delay one timer can carry; Node runs a longer one at once (2^31 - 1 ms, about 24.8 days). */
const MAX_TIMER_MS = 2_147_483_647;

export interface Clock {
  /** Milliseconds since some fixed point; never goes back. For delays and durations. */
  monotonic(): number;
  /** The wall clock. For what is written down. */
  now(): Date;
  /** Calls `run` once after `delayMs` (or later, never earlier); the returned function cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

/** The machine's own clock. Its timers keep the process alive: whoever sets one cancels it when stopping. */
export const systemClock: Clock = {
  monotonic: () => performance.now(),
  now: () => new Date(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, Math.min(delayMs, MAX_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs`, or at once when `signal` aborts: a pause is never a reason to stop late. */
export function pause(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const end = () => {
      cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(delayMs, end);
    signal?.addEventListener('abort', end, { once: true });
  });
}
