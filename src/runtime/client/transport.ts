/**
 * The connection to one API server: kept-alive sockets in an undici pool, authenticated requests and streams on it.
 * It relies on `Credentials` for who we are; credentials that change while it runs are picked up without a restart.
 */
import type { Dispatcher, Pool as PoolType } from 'undici';
import Pool from 'undici/lib/dispatcher/pool.js';
import { DokkerrError } from '../errors.ts';
import type { Authentication, Credentials, TlsMaterial } from './credentials.ts';
import { type ApiResponse, ExchangeError, exchange } from './exchange.ts';
import { isCut, isTimeout, unreachable } from './network-error.ts';
import { type OpenSocket, openSocket, type SocketRequest } from './socket.ts';

export type { ApiResponse } from './exchange.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** path and query below the server's address, starting with a slash */
  readonly path: string;
  readonly body?: string;
  /** of `body`; default `application/json` */
  readonly contentType?: string;
  /** default `application/json` */
  readonly accept?: string;
  /** Sending it twice does no harm: it is sent again once when the connection was cut before any answer. */
  readonly idempotent?: boolean;
  /** milliseconds without a byte of the answer, where they are others than the transport's */
  readonly timeoutMs?: number;
  /** how much of the body is kept, for answers of who-knows-how-much (default: all of it) */
  readonly keptBytes?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface StreamRequest {
  readonly path: string;
  readonly accept?: string;
  /** milliseconds without a byte after which the stream counts as dead */
  readonly idleMs: number;
  readonly signal?: AbortSignal;
}

/** Answers of any status are values; what prevented an answer is a `DokkerrError`. */
export interface Transport {
  readonly server: string;
  /** @throws DKR_API_UNREACHABLE; DKR_TIMEOUT when `signal` aborts; DKR_CONFIG_INVALID when credentials cannot be read */
  send(request: ApiRequest): Promise<ApiResponse>;
  /**
   * A GET whose 2xx body is handed to `onChunk` as it comes; resolves when the server ends it.
   * @throws as `send`; reason `Silent` when nothing came for `idleMs`
   */
  stream(request: StreamRequest, onChunk: (chunk: Buffer) => void): Promise<ApiResponse>;
  /** A WebSocket, or the answer that refused it. @throws as `send` */
  open(request: SocketRequest): Promise<OpenSocket | ApiResponse>;
  /**
   * Calls `listener` once, when the API server answers after it could not be reached.
   * @returns forgets the listener
   */
  onRecovery(listener: () => void): () => void;
  /** Lets requests under way finish, then closes every connection; streams must have been aborted before. */
  close(): Promise<void>;
}

export interface TransportOptions {
  userAgent?: string;
  /** milliseconds a request may wait for the first byte of its answer, and between two bytes (default 30 000) */
  timeoutMs?: number;
  /** requests at once, each on a connection of its own; more wait (default 100). Streams do not count. */
  connections?: number;
}

/** Below the 90 s after which kube-apiserver closes an idle connection, and the 60 s of common load balancers. */
const keepAliveMs = 45_000;
const connectTimeoutMs = 10_000;
/**
 * Silence after which the kernel asks whether the other end is there, then once a second up to ten times, as libuv has it
 * (`uv_tcp_keepalive`): a machine that vanished is noticed in half a minute, not by the next bookmark that does not come.
 */
const probeAfterMs = 20_000;
const defaultUserAgent = 'dokkerr';

export function createTransport(credentials: Credentials, options: TransportOptions = {}): Transport {
  return new PooledTransport(credentials, options);
}

/** Requests have a pool with a bound; streams one without, since each holds its connection for minutes. */
interface Pools {
  readonly tls: TlsMaterial;
  readonly requests: PoolType;
  readonly streams: PoolType;
}

class PooledTransport implements Transport {
  readonly server: string;
  readonly #credentials: Credentials;
  readonly #options: TransportOptions;
  readonly #origin: string;
  readonly #basePath: string;
  readonly #timeoutMs: number;
  #pools: Pools | undefined;
  #retired: Promise<unknown> = Promise.resolve();
  #reachable = true;
  readonly #recoveryListeners = new Set<() => void>();

  constructor(credentials: Credentials, options: TransportOptions) {
    const url = new URL(credentials.server);
    this.server = credentials.server;
    this.#credentials = credentials;
    this.#options = options;
    this.#origin = url.origin;
    this.#basePath = url.pathname === '/' ? '' : url.pathname.replace(/\/+$/, '');
    this.#timeoutMs = options.timeoutMs ?? 30_000;
  }

  send(request: ApiRequest): Promise<ApiResponse> {
    const options: Dispatcher.DispatchOptions = {
      method: request.method,
      path: this.#basePath + request.path,
      ...(request.body === undefined ? {} : { body: request.body }),
      headersTimeout: request.timeoutMs ?? this.#timeoutMs,
      bodyTimeout: request.timeoutMs ?? this.#timeoutMs,
    };
    return this.#authenticated((auth) => {
      const headers = this.#headers(auth, request.accept);
      if (request.body !== undefined) headers['content-type'] = request.contentType ?? 'application/json';
      return this.#attempt(auth, { ...options, headers }, request);
    });
  }

  stream(request: StreamRequest, onChunk: (chunk: Buffer) => void): Promise<ApiResponse> {
    return this.#authenticated(async (auth) => {
      const options: Dispatcher.DispatchOptions = {
        method: 'GET',
        path: this.#basePath + request.path,
        headers: this.#headers(auth, request.accept),
        headersTimeout: Math.min(this.#timeoutMs, request.idleMs),
        bodyTimeout: request.idleMs,
        reset: true,
      };
      try {
        const taken = (chunk: Buffer) => {
          this.#answered();
          onChunk(chunk);
        };
        return await exchange(this.#pool(auth).streams, options, { ...request, onChunk: taken });
      } catch (thrown) {
        throw this.#describe(thrown);
      }
    });
  }

  open(request: SocketRequest): Promise<OpenSocket | ApiResponse> {
    const url = this.#origin.replace(/^http/, 'ws') + this.#basePath + request.path;
    const userAgent = this.#options.userAgent ?? defaultUserAgent;
    return this.#authenticated(async (auth) => {
      try {
        return await openSocket({ url, auth, userAgent, timeoutMs: this.#timeoutMs }, request);
      } catch (thrown) {
        throw this.#describe(thrown);
      }
    });
  }

  onRecovery(listener: () => void): () => void {
    this.#recoveryListeners.add(listener);
    return () => this.#recoveryListeners.delete(listener);
  }

  #answered(): void {
    if (this.#reachable) return;
    this.#reachable = true;
    const listeners = [...this.#recoveryListeners];
    this.#recoveryListeners.clear();
    for (const listener of listeners) listener();
  }

  async close(): Promise<void> {
    this.#retire();
    await this.#retired;
  }

  /** With the present credentials; once more with renewed ones when the API server does not accept them. */
  async #authenticated<R extends { readonly status: number }>(act: (auth: Authentication) => Promise<R>): Promise<R> {
    const present = this.#credentials.current();
    const response = await act(present instanceof Promise ? await present : present);
    this.#answered();
    if (response.status !== 401) return response;
    return act(await this.#credentials.renew());
  }

  async #attempt(auth: Authentication, options: Dispatcher.DispatchOptions, request: ApiRequest): Promise<ApiResponse> {
    try {
      return await exchange(this.#pool(auth).requests, options, request);
    } catch (thrown) {
      const again = request.idempotent === true && thrown instanceof ExchangeError && !thrown.answered;
      if (!again || !isCut(thrown.cause)) throw this.#describe(thrown);
    }
    try {
      return await exchange(this.#pool(auth).requests, options, request);
    } catch (thrown) {
      throw this.#describe(thrown);
    }
  }

  #headers(auth: Authentication, accept: string | undefined): Record<string, string> {
    return {
      ...auth.headers,
      accept: accept ?? 'application/json',
      'user-agent': this.#options.userAgent ?? defaultUserAgent,
    };
  }

  /** The pools for these credentials: new ones when CA or client certificate changed, since both belong to a connection. */
  #pool(auth: Authentication): Pools {
    if (this.#pools !== undefined && sameTls(this.#pools.tls, auth.tls)) return this.#pools;
    this.#retire();
    const { insecure, ...pem } = auth.tls;
    const shared: PoolType.Options = {
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: keepAliveMs,
      // A watch on HTTP/1.1 costs a connection, but HTTP/2 cost 10 to 30 % more CPU a GET when both were measured.
      allowH2: false,
      connect: {
        ...pem,
        rejectUnauthorized: insecure !== true,
        timeout: connectTimeoutMs,
        keepAliveInitialDelay: probeAfterMs,
      },
    };
    this.#pools = {
      tls: auth.tls,
      requests: new Pool(this.#origin, { ...shared, connections: this.#options.connections ?? 100 }),
      streams: new Pool(this.#origin, { ...shared, connections: null }),
    };
    return this.#pools;
  }

  #retire(): void {
    const old = this.#pools;
    if (old === undefined) return;
    this.#pools = undefined;
    this.#retired = Promise.all([this.#retired, old.requests.close(), old.streams.close()]);
  }

  #describe(thrown: unknown): Error {
    if (thrown instanceof ExchangeError) {
      // Whatever else is kept alive on the same path is as dead: requests after a silence start on new connections.
      if (isTimeout(thrown.cause)) this.#retire();
      this.#reachable = false;
      return unreachable(this.server, thrown.cause);
    }
    if (thrown instanceof DokkerrError) return thrown;
    return new DokkerrError('DKR_TIMEOUT', `the request to ${this.server} was abandoned`, {
      cause: thrown,
      reason: 'Aborted',
    });
  }
}

function sameTls(a: TlsMaterial, b: TlsMaterial): boolean {
  return (
    a === b ||
    (a.ca === b.ca &&
      a.cert === b.cert &&
      a.key === b.key &&
      a.servername === b.servername &&
      a.insecure === b.insecure)
  );
}
