/** One command's connection to its cluster: the only place where people's commands reach the API, by the runtime's client. */
import type { ClusterConnection } from '#runtime/client/connect.ts';
import { identity, version } from '../../identity.ts';
import type { ConnectionOptions } from './options.ts';

export interface Session extends AsyncDisposable {
  readonly client: ClusterConnection['client'];
  readonly transport: ClusterConnection['transport'];
  /** the one asked for, that of the context, or `default` */
  readonly namespace: string;
}

/** Who wrote a field, as `kubectl get --show-managed-fields` tells it. */
const fieldManager = `${identity.name}-cli`;

/**
 * @param signal ends the attempt to reach the API server
 * @throws DKR_CONFIG_INVALID, DKR_API_UNREACHABLE, DKR_API_UNAUTHORIZED, each with cause and cure
 */
export async function openSession(
  { kubeconfig, context, namespace }: ConnectionOptions,
  signal?: AbortSignal,
): Promise<Session> {
  const { connectCluster } = await import('#runtime/client/connect.ts');
  const connection = await connectCluster({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    userAgent: `${fieldManager}/${version}`,
    fieldManager,
    ...(signal === undefined ? {} : { signal }),
  });
  return {
    client: connection.client,
    transport: connection.transport,
    namespace: namespace ?? connection.namespace ?? 'default',
    [Symbol.asyncDispose]: () => connection.transport.close(),
  };
}
