/** From a command line's few words to a client that has spoken with its API server. */
import { type ClientOptions, createClient, type RequestObserver } from './client.ts';
import { type CredentialSource, resolveCredentials } from './credentials.ts';
import { createTransport, type Transport, type TransportOptions } from './transport.ts';
import type { Client } from './types.ts';

export interface ConnectOptions extends CredentialSource {
  userAgent?: string;
  fieldManager?: string;
  observer?: RequestObserver;
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface ClusterConnection {
  readonly client: Client;
  readonly transport: Transport;
  readonly server: string;
  /** the context's namespace, or the pod's own */
  readonly namespace?: string;
  /** the API server's `/version`: `v1.37.2` */
  readonly version: string;
}

/**
 * Finds the cluster, reads the credentials and asks for `/version`, so that what is wrong is said now and in one line.
 * @throws DKR_CONFIG_INVALID, DKR_API_UNREACHABLE, DKR_API_UNAUTHORIZED, each with cause and cure
 */
export async function connectCluster(options: ConnectOptions = {}): Promise<ClusterConnection> {
  const credentials = resolveCredentials(options);
  const transportOptions: TransportOptions = {
    ...(options.userAgent === undefined ? {} : { userAgent: options.userAgent }),
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  };
  const clientOptions: ClientOptions = {
    ...(options.fieldManager === undefined ? {} : { fieldManager: options.fieldManager }),
    observer: options.observer,
  };
  const transport = createTransport(credentials, transportOptions);
  const client = createClient(transport, clientOptions);
  try {
    const about = (await client.raw('/version', options.signal === undefined ? {} : { signal: options.signal })) as {
      gitVersion?: string;
    };
    return {
      client,
      transport,
      server: credentials.server,
      ...(credentials.namespace === undefined ? {} : { namespace: credentials.namespace }),
      version: about.gitVersion ?? 'unknown',
    };
  } catch (thrown) {
    await transport.close();
    throw thrown;
  }
}
