/** A `minio` client for one store, made from what a BackupStore says. The client is loaded when the first one is made. */
import http from 'node:http';
import https from 'node:https';
import type { Client } from 'minio';
import type { StoreAccess } from './access.ts';
import { type Exchange, watchExchange } from './exchange.ts';
import { storeFailure } from './store-failure.ts';

/** Milliseconds a store gets for one request; a healthy one takes a hundredth of it. */
export const requestTimeoutMs = 15_000;

/** Where signing needs a region and none was given, as in other S3 clients. */
const defaultRegion = 'us-east-1';

/** How requests are sent. */
export interface RequestLimits {
  readonly signal?: AbortSignal;
  /** milliseconds; default `requestTimeoutMs` */
  readonly timeoutMs?: number;
}

/** A client and what its requests showed. */
export interface StoreConnection {
  readonly client: Client;
  readonly exchange: Exchange;
}

/**
 * Runs `use` with a client of its own, whose connections end with it.
 * @throws RunFailure with the class the store's answer, or its silence, means
 */
export async function withClient<T>(
  access: StoreAccess,
  { signal, timeoutMs = requestTimeoutMs }: RequestLimits,
  use: (connection: StoreConnection) => Promise<T>,
): Promise<T> {
  const { Client } = await import('minio');
  const { repository, credentials, caBundle } = access;
  const url = new URL(repository.endpoint);
  const isTls = url.protocol === 'https:';
  const exchange = watchExchange(isTls, timeoutMs, signal);
  const tls = { rejectUnauthorized: !repository.insecure, ...(caBundle === undefined ? {} : { ca: caBundle }) };
  const agent = isTls ? new https.Agent({ keepAlive: true, ...tls }) : new http.Agent({ keepAlive: true });
  try {
    const client = new Client({
      endPoint: url.hostname,
      ...(url.port === '' ? {} : { port: Number(url.port) }),
      useSSL: isTls,
      region: repository.region ?? defaultRegion,
      pathStyle: repository.forcePathStyle,
      accessKey: credentials.accessKeyId,
      secretKey: credentials.secretAccessKey,
      ...(credentials.sessionToken === undefined ? {} : { sessionToken: credentials.sessionToken }),
      transport: exchange.transport,
      transportAgent: agent,
      // Who asks decides when to ask again.
      retryOptions: { disableRetry: true },
    });
    return await use({ client, exchange });
  } catch (error) {
    signal?.throwIfAborted();
    throw storeFailure(access, error, exchange.last()?.status);
  } finally {
    agent.destroy();
  }
}
