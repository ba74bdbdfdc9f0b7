// Waiting for a condition of a program outside this one, where nothing can be watched: asks again at a fixed pace.
import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  readonly timeoutMs: number;
  /** Pause between two questions, milliseconds. Default 50. */
  readonly intervalMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Resolves once `condition` holds. Rejects when the time is up, naming `what` was waited for and the last reason the
 * condition gave by throwing.
 */
export async function waitUntil(
  what: string,
  condition: (signal: AbortSignal) => boolean | Promise<boolean>,
  { timeoutMs, intervalMs = 50, signal }: WaitOptions,
): Promise<void> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const either = signal ? AbortSignal.any([timeout, signal]) : timeout;
  let reason: unknown;
  for (;;) {
    signal?.throwIfAborted();
    try {
      if (await condition(either)) return;
    } catch (error) {
      if (!either.aborted) reason = error;
    }
    signal?.throwIfAborted();
    if (timeout.aborted) {
      const why = reason instanceof Error ? `: ${reason.message}` : '';
      throw new Error(`${what} not within ${timeoutMs / 1000} s${why}`, { cause: reason });
    }
    await delay(intervalMs);
  }
}
