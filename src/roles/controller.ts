/** The role `controller`: connects, checks that the cluster has what is needed, wires the parts and runs them. */
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { createCache } from '#runtime/cache/cache.ts';
import { connectCluster } from '#runtime/client/connect.ts';
import { systemClock } from '#runtime/clock.ts';
import { createController } from '#runtime/controller/controller.ts';
import { policyRules } from '#runtime/controller/rbac.ts';
import { createEventRecorder } from '#runtime/events/recorder.ts';
import { createManager } from '#runtime/manager/manager.ts';
import { checkStart } from '#runtime/manager/start-check.ts';
import { createMetrics } from '#runtime/metrics/metrics.ts';
import type { ControllerConfig } from '../config.ts';
import { definitions } from '../definitions.ts';
import { identity, version } from '../identity.ts';

/** Runs until `signal` aborts; resolves to whether everything ended in time. */
export async function runController(
  config: ControllerConfig,
  log: Logger,
  signal: AbortSignal,
): Promise<{ clean: boolean }> {
  const clock = systemClock;
  const metrics = createMetrics(identity.name);
  const { kubeconfig, context, listen, concurrency } = config;
  const connection = await connectCluster({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    userAgent: `${identity.name}/${version}`,
    fieldManager: identity.name,
    observer: metrics.request,
    signal,
  });
  const { client, transport, server } = connection;
  log.info({ server, kubernetes: connection.version, version }, 'connected');
  try {
    await checkStart(client, startCheck(connection.namespace), signal);
    const cache = createCache(transport, { log });
    const reporter = { controller: `${identity.domain}/${identity.name}`, instance: hostname() };
    const events = createEventRecorder({ client, clock, log, metrics, reporter });
    const controllers = definitions.map((definition) =>
      createController({ ...definition, concurrency }, { client, cache, events, log, metrics, clock, identity }),
    );
    const watches = {
      name: 'watches',
      problem: () => {
        const since = cache.stalledSince;
        return since === undefined ? undefined : `a watch has done nothing since ${new Date(since).toISOString()}`;
      },
    };
    const manager = createManager({ cache, controllers, events, metrics, log, clock, http: listen, checks: [watches] });
    return await manager.run(signal);
  } finally {
    await transport.close();
  }
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
