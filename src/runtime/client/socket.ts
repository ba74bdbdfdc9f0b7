/**
 * Opens a WebSocket to the API server. What is refused is answered by HTTP and so is a value, as with any other request.
 * Relies on `ws`: Node's own WebSocket does not tell why an upgrade was refused.
 */
import type { WebSocket as WebSocketType } from 'ws';
import type { Authentication } from './credentials.ts';
import { type ApiResponse, ExchangeError } from './exchange.ts';

export interface SocketRequest {
  /** path and query below the server's address, starting with a slash */
  readonly path: string;
  /** subprotocols, the preferred one first */
  readonly protocols: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** A paused connection, with the status of its upgrade: whoever gets it resumes it once they listen, and has to end it. */
export interface OpenSocket {
  readonly status: 101;
  readonly socket: WebSocketType;
}

/** Where and as whom, and milliseconds the server may take to answer. */
export interface SocketTarget {
  /** `wss://host:port/…` */
  readonly url: string;
  readonly auth: Authentication;
  readonly userAgent: string;
  readonly timeoutMs: number;
}

/** @throws ExchangeError when there was no answer, the signal's reason when it aborted first */
export async function openSocket(
  { url, auth, userAgent, timeoutMs }: SocketTarget,
  { protocols, signal }: SocketRequest,
): Promise<OpenSocket | ApiResponse> {
  signal?.throwIfAborted();
  // Loaded when first needed: most operators never open one.
  const { WebSocket } = await import('ws');
  const { insecure, ...pem } = auth.tls;
  const socket = new WebSocket(url, [...protocols], {
    ...pem,
    rejectUnauthorized: insecure !== true,
    headers: { ...auth.headers, 'user-agent': userAgent },
    handshakeTimeout: timeoutMs,
    perMessageDeflate: false,
  });
  const { promise, resolve, reject } = Promise.withResolvers<OpenSocket | ApiResponse>();
  const abort = () => {
    reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal?.reason }));
    socket.terminate();
  };
  signal?.addEventListener('abort', abort, { once: true });
  socket.once('open', () => {
    socket.pause();
    resolve({ status: 101, socket });
  });
  socket.once('unexpected-response', (request, response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.once('error', (cause) => reject(new ExchangeError(true, cause)));
    response.once('end', () => {
      request.destroy();
      resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') });
    });
  });
  // Stays: an error after the promise has settled comes with a `close`, which is what the owner of the socket hears.
  socket.on('error', (cause) => reject(new ExchangeError(false, cause)));
  try {
    return await promise;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}
