/** The role `controller`: connects, checks that the cluster has what is needed, wires the parts and runs them. */
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { createCache } from '#runtime/cache/cache.ts';
import { type ClusterConnection, connectCluster } from '#runtime/client/connect.ts';
import { pause, systemClock } from '#runtime/clock.ts';
import { createController } from '#runtime/controller/controller.ts';
import { policyRules } from '#runtime/controller/rbac.ts';
import { createEventRecorder } from '#runtime/events/recorder.ts';
import { fencedClient } from '#runtime/manager/lease/fence.ts';
import { createManager } from '#runtime/manager/manager.ts';
import { checkStart } from '#runtime/manager/start-check.ts';
import { createMetrics, type Metrics } from '#runtime/metrics/metrics.ts';
import type { ControllerConfig } from '../config.ts';
import { definitions } from '../definitions.ts';
import { identity, version } from '../identity.ts';
import { electionOf, standsForElection } from './election.ts';

/** Milliseconds that requests under way get to end after everything has stopped. */
const closeWithin = 1000;

/** Runs until `signal` aborts; resolves to whether everything ended in time. */
export async function runController(
  config: ControllerConfig,
  log: Logger,
  signal: AbortSignal,
): Promise<{ clean: boolean }> {
  log.info({ config, version }, 'starting');
  const metrics = createMetrics(identity.name);
  const connection = await connect(config, metrics, signal);
  log.info({ server: connection.server, kubernetes: connection.version, version }, 'connected');
  try {
    await checkStart(connection.client, startCheck(connection.namespace), signal);
    return await wire(config, connection, metrics, log).run(signal);
  } finally {
    await Promise.race([connection.transport.close(), pause(systemClock, closeWithin)]);
  }
}

function connect({ kubeconfig, context }: ControllerConfig, metrics: Metrics, signal: AbortSignal) {
  return connectCluster({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    userAgent: `${identity.name}/${version}`,
    fieldManager: identity.name,
    observer: metrics.request,
    signal,
  });
}

function wire(config: ControllerConfig, connection: ClusterConnection, metrics: Metrics, log: Logger) {
  const { client, transport, namespace = 'default' } = connection;
  const clock = systemClock;
  const cache = createCache(transport, { log });
  const reporter = { controller: `${identity.domain}/${identity.name}`, instance: hostname() };
  const events = createEventRecorder({ client, clock, log, metrics, reporter });
  const election = standsForElection(config, process.env)
    ? electionOf(config, { client, cache, events, metrics, log, clock, namespace })
    : undefined;
  const acting = election === undefined ? client : fencedClient(client, () => election.isHeld());
  const { concurrency, listen, stopTimeout } = config;
  const controllers = definitions.map((definition) =>
    createController({ ...definition, concurrency }, { client: acting, cache, events, log, metrics, clock, identity }),
  );
  return createManager({
    cache,
    controllers,
    events,
    metrics,
    log,
    clock,
    election,
    http: listen,
    stopDeadlineMs: stopTimeout,
  });
}

function startCheck(namespace = 'default') {
  return {
    kinds: definitions.map(({ kind }) => kind),
    rules: policyRules(definitions),
    namespace,
    installKinds: 'kubectl apply --server-side -f config/crd',
    grantRules: 'kubectl apply -f config/rbac',
  };
}
