/** How long to wait before trying again: exponential with full jitter, so that many clients do not return together. */

export interface BackoffPolicy {
  /** bound of the first wait, milliseconds */
  readonly baseMs: number;
  /** bound of every wait, milliseconds */
  readonly maxMs: number;
}

/** client-go's figures for watches: 0.8 s doubling to 30 s. */
export const watchBackoff: BackoffPolicy = { baseMs: 800, maxMs: 30_000 };

/**
 * @param attempt failures in a row before this one, from 0
 * @param random uniform in [0, 1)
 * @returns milliseconds, uniform between 0 and the bound of this attempt
 */
export function backoff(policy: BackoffPolicy, attempt: number, random: number): number {
  return random * Math.min(policy.maxMs, policy.baseMs * 2 ** Math.min(attempt, 30));
}
