/** A role's connection to its cluster, which ends with the role. */
import { type ClusterConnection, connectCluster } from '#runtime/client/connect.ts';
import { pause, systemClock } from '#runtime/clock.ts';
import type { Metrics } from '#runtime/metrics/metrics.ts';
import { identity, version } from '../identity.ts';

/** Milliseconds that requests under way get to end after everything has stopped. */
const closeWithin = 1000;

export interface ConnectionConfig {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
}

/** @throws DKR_CONFIG_INVALID, DKR_API_UNREACHABLE, DKR_API_UNAUTHORIZED, each with cause and cure */
export async function connect(
  { kubeconfig, context }: ConnectionConfig,
  metrics: Metrics,
  signal: AbortSignal,
): Promise<ClusterConnection & AsyncDisposable> {
  const connection = await connectCluster({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    userAgent: `${identity.name}/${version}`,
    fieldManager: identity.name,
    observer: metrics.request,
    signal,
  });
  return {
    ...connection,
    [Symbol.asyncDispose]: () => Promise.race([connection.transport.close(), pause(systemClock, closeWithin)]),
  };
}
