/** Repeating a request the API server asked to be repeated, for a bounded time. */
import { setTimeout as delay } from 'node:timers/promises';
import { DokkerrError } from '../errors.ts';
import type { ApiRequest, ApiResponse, Transport } from './transport.ts';

export interface RetryPolicy {
  /** sends in all */
  readonly attempts: number;
  /** milliseconds spent waiting in all; a longer `Retry-After` is left to the caller */
  readonly budgetMs: number;
}

/** Within the 30 s a pass may take, so that a pass sees the error and not its own end. */
export const defaultRetryPolicy: RetryPolicy = { attempts: 5, budgetMs: 15_000 };

/**
 * Sends, and sends again after the wait the server named: on 429 always, since the request was turned away before it
 * did anything; on 503 and 504 with `Retry-After` only when it is idempotent.
 * @returns the last answer, whatever its status
 */
export async function sendPatiently(
  transport: Transport,
  request: ApiRequest,
  policy: RetryPolicy = defaultRetryPolicy,
  random: () => number = Math.random,
): Promise<ApiResponse> {
  let leftMs = policy.budgetMs;
  for (let attempt = 1; ; attempt++) {
    const response = await transport.send(request);
    const askedMs = mayRepeat(response, request) ? (response.retryAfterMs ?? 1000) : undefined;
    if (askedMs === undefined || attempt >= policy.attempts || askedMs > leftMs) return response;
    // Up to a tenth more, so that all who were turned away together do not come back together.
    const waitMs = askedMs * (1 + random() / 10);
    leftMs -= waitMs;
    try {
      await delay(waitMs, undefined, request.signal === undefined ? undefined : { signal: request.signal });
    } catch (cause) {
      throw new DokkerrError('DKR_TIMEOUT', 'given up while the API server asked to wait', {
        cause,
        reason: 'Aborted',
      });
    }
  }
}

function mayRepeat(response: ApiResponse, request: ApiRequest): boolean {
  if (response.status === 429) return true;
  const unavailable = response.status === 503 || response.status === 504;
  return unavailable && response.retryAfterMs !== undefined && request.idempotent === true;
}
