/** The Widget operator on Dokkerr's runtime, as a process of its own: the same parts as `src/roles/controller.ts` wires. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { createCache } from '#runtime/cache/cache.ts';
import { connectCluster } from '#runtime/client/connect.ts';
import { Lease } from '#runtime/client/kinds.ts';
import { systemClock as clock } from '#runtime/clock.ts';
import { createController } from '#runtime/controller/controller.ts';
import { createLogger } from '#runtime/logging.ts';
import { createElection } from '#runtime/manager/lease/election.ts';
import { fencedClient } from '#runtime/manager/lease/fence.ts';
import { createManager } from '#runtime/manager/manager.ts';
import { runProcess } from '#runtime/manager/process.ts';
import { createMetrics } from '#runtime/metrics/metrics.ts';
import { widgetController } from './widget.ts';

const { values } = parseArgs({
  options: { concurrency: { type: 'string', default: '10' }, 'lease-namespace': { type: 'string' } },
});
const concurrency = Number(values.concurrency);
const leaseNamespace = values['lease-namespace'];
const identity = { name: 'widget-operator', domain: 'test.dokkerr.io' };
/** None of the contestants tells events: what is compared is the work on objects. */
const events = { record: () => undefined };

const log = await createLogger({ format: 'json' });
process.exitCode = await runProcess(log, async (signal) => {
  const metrics = createMetrics('widget');
  const { client, transport } = await connectCluster({ userAgent: identity.name, observer: metrics.request, signal });
  const cache = createCache(transport, { log, observer: metrics.cache });
  const election = leaseNamespace === undefined ? undefined : electionIn(leaseNamespace);
  const acting = election === undefined ? client : fencedClient(client, () => election.isHeld());
  const deps = { client: acting, cache, events, log, metrics, clock, identity };
  const controllers = [createController({ ...widgetController, concurrency }, deps)];
  const http = { host: '127.0.0.1', port: 0 };
  const ended = await createManager({ cache, controllers, metrics, log, clock, election, http }).run(signal);
  await transport.close();
  return ended;

  function electionIn(namespace: string) {
    const watched = cache.informer(Lease, { namespaces: [namespace], fieldSelector: `metadata.name=${identity.name}` });
    return createElection({
      client,
      clock,
      log,
      events,
      key: { namespace, name: identity.name },
      identity: `${hostname()}_${randomUUID()}`,
      timings: { durationMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2000 },
      random: Math.random,
      onChange: () => undefined,
      changes: (listener) => watched.subscribe(({ type, object }) => listener(type === 'deleted' ? undefined : object)),
    });
  }
});
