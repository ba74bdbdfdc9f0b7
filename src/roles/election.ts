/** Whether and how a controller process stands for election, from its configuration. */
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import type { Cache } from '#runtime/cache/types.ts';
import { Lease } from '#runtime/client/kinds.ts';
import type { Client } from '#runtime/client/types.ts';
import type { Clock } from '#runtime/clock.ts';
import type { EventRecorder } from '#runtime/events/types.ts';
import { createElection, type Election } from '#runtime/manager/lease/election.ts';
import { leaderGauge } from '#runtime/manager/lease/gauge.ts';
import type { Metrics } from '#runtime/metrics/metrics.ts';
import type { ControllerConfig } from '../config.ts';

export interface ElectionParts {
  readonly client: Client;
  readonly cache: Cache;
  readonly events: EventRecorder;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly clock: Clock;
}

/** Where the Lease is. */
export interface LeaseKey {
  readonly namespace: string;
  readonly name: string;
}

/** In a pod others may run beside this process; outside, somebody at a desk wants it to act at once. */
export function standsForElection(
  { leaderElect, kubeconfig }: Pick<ControllerConfig, 'leaderElect' | 'kubeconfig'>,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return leaderElect ?? (kubeconfig === undefined && env.KUBERNETES_SERVICE_HOST !== undefined);
}

type Timings = Pick<ControllerConfig, 'leaseDuration' | 'leaseRenewDeadline' | 'leaseRetryPeriod'>;

export function electionOf(config: Timings, { namespace, name }: LeaseKey, parts: ElectionParts): Election {
  const { client, cache, events, metrics, log, clock } = parts;
  const watched = cache.informer(Lease, { namespaces: [namespace], fieldSelector: `metadata.name=${name}` });
  return createElection({
    client,
    clock,
    log,
    events,
    key: { namespace, name },
    // The pod's name tells people which one it is; the rest tells it from a container restarted in the same pod.
    identity: `${hostname()}_${crypto.randomUUID()}`,
    timings: {
      durationMs: config.leaseDuration,
      renewDeadlineMs: config.leaseRenewDeadline,
      retryMs: config.leaseRetryPeriod,
    },
    random: Math.random,
    onChange: leaderGauge(metrics.registry, name),
    changes: (listener) => watched.subscribe(({ type, object }) => listener(type === 'deleted' ? undefined : object)),
  });
}
