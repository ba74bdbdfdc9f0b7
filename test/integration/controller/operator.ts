/** A controller running against the suite's API server, as an operator would run it. */
import pino from 'pino';
import { createCache } from '#runtime/cache/cache.ts';
import { type ClusterConnection, connectCluster } from '#runtime/client/connect.ts';
import { type Clock, systemClock } from '#runtime/clock.ts';
import { type Controller, createController } from '#runtime/controller/controller.ts';
import type { Definition, Reconciled } from '#runtime/controller/types.ts';
import { type BackgroundRecorder, createEventRecorder } from '#runtime/events/recorder.ts';
import { createMetrics, type Metrics } from '#runtime/metrics/metrics.ts';

export interface RunningOperator extends AsyncDisposable {
  readonly controller: Controller;
  readonly metrics: Metrics;
  readonly events: BackgroundRecorder;
  /** sent by this operator's client */
  readonly cluster: ClusterConnection;
}

export interface OperatorOptions {
  /** tells this operator's requests apart in the audit log */
  readonly userAgent?: string;
  /** the machine's own when absent */
  readonly clock?: Clock;
}

export async function runOperator<T extends Reconciled, S>(
  kubeconfig: string,
  definition: Definition<T, S>,
  { userAgent = 'widget-operator', clock = systemClock }: OperatorOptions = {},
): Promise<RunningOperator> {
  const log = pino({ level: process.env.LOG_LEVEL ?? 'silent' });
  const metrics = createMetrics('dokkerr');
  const cluster = await connectCluster({ kubeconfig, userAgent, observer: metrics.request });
  const { client, transport } = cluster;
  const cache = createCache(transport, { log });
  const reporter = { controller: 'test.dokkerr.io/widget', instance: 'test' };
  const events = createEventRecorder({ client, clock, log, metrics, reporter });
  const identity = { name: 'dokkerr', domain: 'dokkerr.io' };
  const controller = createController(definition, { client, cache, events, log, metrics, clock, identity });
  const abort = new AbortController();
  const stopCache = new AbortController();
  cache.start(stopCache.signal);
  await cache.synced();
  const ended = controller.start(abort.signal);
  return {
    controller,
    metrics,
    events,
    cluster,
    async [Symbol.asyncDispose]() {
      abort.abort();
      await ended;
      await events.stop(2000);
      stopCache.abort();
      await transport.close();
    },
  };
}
