/** The role `controller`: connects, checks that the cluster has what is needed, wires the parts and runs them. */
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { createBackupMetrics } from '#controllers/backup/metrics.ts';
import { createContainerMetrics } from '#controllers/container/metrics.ts';
import { createMigrationMetrics } from '#controllers/migration/metrics.ts';
import { createCache } from '#runtime/cache/cache.ts';
import type { ClusterConnection } from '#runtime/client/connect.ts';
import type { Kind } from '#runtime/client/types.ts';
import { systemClock } from '#runtime/clock.ts';
import { createController } from '#runtime/controller/controller.ts';
import { createEventRecorder } from '#runtime/events/recorder.ts';
import { fencedClient } from '#runtime/manager/lease/fence.ts';
import { createManager } from '#runtime/manager/manager.ts';
import { checkStart } from '#runtime/manager/start-check.ts';
import { createMetrics, type Metrics } from '#runtime/metrics/metrics.ts';
import type { Webhooks } from '#webhooks/role.ts';
import type { ControllerConfig } from '../config.ts';
import { definitionsFor } from '../definitions.ts';
import { identity, version } from '../identity.ts';
import { type AdmissionConfig, admission, admissionGrants, ownNamespace } from './admission.ts';
import { connect } from './connection.ts';
import { electionOf, type LeaseKey, standsForElection } from './election.ts';
import { omittedKinds, startCheck } from './reach.ts';

/** Runs until `signal` aborts; resolves to whether everything ended in time. */
export async function runController(
  config: ControllerConfig,
  log: Logger,
  signal: AbortSignal,
): Promise<{ clean: boolean }> {
  log.info({ config, version }, 'starting');
  const metrics = createMetrics(identity.name);
  await using connection = await connect(config, metrics, signal);
  log.info({ server: connection.server, kubernetes: connection.version, version }, 'connected');
  const { client } = connection;
  const lease = standsForElection(config, process.env)
    ? { namespace: config.leaseNamespace ?? ownNamespace(connection), name: config.leaseName }
    : undefined;
  const served = servedAdmission(config);
  const besides = served === undefined ? [] : admissionGrants(served, connection);
  await checkStart(client, startCheck(config, lease, besides), signal);
  const omitted = await omittedKinds(config, client, log, signal);
  await using reviewing = served && (await connect(config, metrics, signal));
  const webhooks = served && reviewing && admission(served, { connection: reviewing, metrics, log });
  return await wire(config, { connection, metrics, log, lease, omitted, webhooks }).run(signal);
}

/** Undefined without `--webhook-listen`. */
function servedAdmission({ webhookListen, ...config }: ControllerConfig): AdmissionConfig | undefined {
  return webhookListen === undefined ? undefined : { ...config, webhookListen };
}

interface Found {
  readonly connection: ClusterConnection;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** absent when this process acts without election */
  readonly lease: LeaseKey | undefined;
  readonly omitted: readonly Kind[];
  /** absent when this process serves no admission */
  readonly webhooks: Webhooks | undefined;
}

function wire(config: ControllerConfig, { connection, metrics, log, lease, omitted, webhooks }: Found) {
  const { client, transport } = connection;
  const { concurrency, listen, stopTimeout, namespaces } = config;
  const clock = systemClock;
  const cache = createCache(transport, {
    log,
    observer: metrics.cache,
    omitted,
    namespaces: namespaces.length === 0 ? undefined : namespaces,
  });
  const reporter = { controller: `${identity.domain}/${identity.name}`, instance: hostname() };
  const events = createEventRecorder({ client, clock, log, metrics, reporter });
  const election =
    lease === undefined ? undefined : electionOf(config, lease, { client, cache, events, metrics, log, clock });
  const acting = election === undefined ? client : fencedClient(client, () => election.isHeld());
  const controllers = definitionsFor(config).map((definition) =>
    createController({ ...definition, concurrency }, { client: acting, cache, events, log, metrics, clock, identity }),
  );
  createContainerMetrics(metrics.registry, identity.name, cache);
  createBackupMetrics(metrics.registry, identity.name, cache);
  createMigrationMetrics(metrics.registry, identity.name, cache);
  return createManager({
    cache,
    controllers,
    events,
    metrics,
    log,
    clock,
    election,
    webhooks,
    readiness: webhooks === undefined ? [] : [webhooks.ready],
    http: listen,
    stopDeadlineMs: stopTimeout,
  });
}
