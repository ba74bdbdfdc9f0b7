/**
 * One HTTP exchange on an undici dispatcher, by its handler interface: bytes arrive as the socket read them, with no
 * stream object or copy between. A body is collected, or handed on chunk by chunk when the answer is a success.
 */
import type { Dispatcher } from 'undici';

export interface ApiResponse {
  readonly status: number;
  /** the whole body; empty when it was handed on in chunks */
  readonly text: string;
  /** from `Retry-After`, milliseconds */
  readonly retryAfterMs?: number;
}

/** What went wrong before an answer was complete. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';
  /** false when not even a status was received, so that an idempotent request may simply be sent again */
  readonly answered: boolean;

  constructor(answered: boolean, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.answered = answered;
  }
}

/** What becomes of an answer. */
export interface Receiving {
  readonly signal?: AbortSignal | undefined;
  /** receives the body of a 2xx answer as it comes; it must not throw */
  readonly onChunk?: (chunk: Buffer) => void;
  /** how much of a body that is collected is kept; the rest is read and forgotten */
  readonly keptBytes?: number;
}

/**
 * Sends and waits for the end of the answer.
 * @throws ExchangeError, or the signal's reason when it aborts
 */
export function exchange(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  receiving: Receiving,
): Promise<ApiResponse> {
  const { signal } = receiving;
  if (signal?.aborted === true) return Promise.reject(abortReason(signal));
  return new Promise((resolve, reject) => {
    const handler = new ExchangeHandler(resolve, reject, receiving);
    dispatcher.dispatch(options, handler);
  });
}

class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #resolve: (response: ApiResponse) => void;
  readonly #reject: (reason: Error) => void;
  readonly #signal: AbortSignal | undefined;
  readonly #onChunk: ((chunk: Buffer) => void) | undefined;
  readonly #chunks: Buffer[] = [];
  #room: number;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #retryAfterMs: number | undefined;

  constructor(
    resolve: (response: ApiResponse) => void,
    reject: (reason: Error) => void,
    { signal, onChunk, keptBytes = Number.POSITIVE_INFINITY }: Receiving,
  ) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#signal = signal;
    this.#onChunk = onChunk;
    this.#room = keptBytes;
    signal?.addEventListener('abort', this.#abort);
  }

  /** Also settles a request that still waits for a free connection, which undici would not tell. */
  readonly #abort = (): void => {
    if (this.#signal === undefined) return;
    const reason = abortReason(this.#signal);
    this.#controller?.abort(reason);
    this.#settle();
    this.#reject(reason);
  };

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#signal?.aborted === true) controller.abort(abortReason(this.#signal));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Record<string, unknown>): void {
    this.#status = status;
    this.#retryAfterMs = retryAfter(headers['retry-after']);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#onChunk !== undefined && this.#status < 300) this.#onChunk(chunk);
    else this.#keep(chunk);
  }

  #keep(chunk: Buffer): void {
    const kept = chunk.subarray(0, Math.min(chunk.length, this.#room));
    this.#room -= kept.length;
    if (kept.length > 0) this.#chunks.push(kept);
  }

  onResponseEnd(): void {
    this.#settle();
    const [first] = this.#chunks;
    const body = this.#chunks.length > 1 ? Buffer.concat(this.#chunks) : first;
    this.#resolve({
      status: this.#status,
      text: body === undefined ? '' : body.toString('utf8'),
      ...(this.#retryAfterMs === undefined ? {} : { retryAfterMs: this.#retryAfterMs }),
    });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#settle();
    this.#reject(
      this.#signal?.aborted === true ? abortReason(this.#signal) : new ExchangeError(this.#status !== 0, error),
    );
  }

  #settle(): void {
    this.#signal?.removeEventListener('abort', this.#abort);
  }
}

function abortReason(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}

/** Seconds, the only form the API server sends. */
function retryAfter(header: unknown): number | undefined {
  const seconds = typeof header === 'string' ? Number.parseInt(header, 10) : Number.NaN;
  return Number.isNaN(seconds) || seconds < 0 ? undefined : seconds * 1000;
}
