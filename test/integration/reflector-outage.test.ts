/** The API server itself goes away, freezes or forgets; each test has one of its own to do that to. */
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '#cluster/control-plane.ts';
import { createCache } from '#runtime/cache/cache.ts';
import type { ReflectorTuning } from '#runtime/cache/reflector.ts';
import type { Informer } from '#runtime/cache/types.ts';
import { type ClusterConnection, connectCluster } from '#runtime/client/connect.ts';
import { ConfigMap } from '#runtime/client/kinds.ts';
import { Churn } from './churn.ts';
import { FaultProxy } from './fault-proxy.ts';
import { Witness } from './witness.ts';

const namespace = 'default';
const impatient: Partial<ReflectorTuning> = { idleMs: 2000, backoff: { baseMs: 100, maxMs: 1000 } };

let controlPlane: ControlPlane;
let cluster: ClusterConnection;
let stop: AbortController;
let causes: string[];
let informer: Informer<ConfigMap>;
let witness: Witness<ConfigMap>;

const begin = async (transport = cluster.transport): Promise<void> => {
  stop = new AbortController();
  causes = [];
  const observer = {
    watched: () => undefined,
    restarted: (_: string, cause: string) => causes.push(cause),
    malformed: () => undefined,
    changed: () => undefined,
  };
  const cache = createCache(transport, { log: pino({ level: 'silent' }), tuning: impatient, observer });
  informer = cache.informer(ConfigMap, { namespaces: [namespace] });
  witness = new Witness(informer);
  cache.start(stop.signal);
  await informer.synced();
};

const write = async (until: number): Promise<void> => {
  const churn = new Churn(cluster.client, namespace);
  await expect.poll(() => churn.writes, { timeout: 30_000 }).toBeGreaterThan(until);
  await churn.stop();
};

const put = (name: string) =>
  cluster.client.apply(ConfigMap, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace, name },
    data: { value: String(Math.random()) },
  });

beforeAll(async () => {
  controlPlane = await startControlPlane();
  cluster = await connectCluster({ kubeconfig: controlPlane.kubeconfigPath, timeoutMs: 3000 });
});
afterAll(async () => {
  await cluster.transport.close();
  await controlPlane.down();
});

describe('nothing is missed and nothing needs a hand', () => {
  test('when the API server is killed and comes back', async () => {
    await begin();
    await write(50);
    await controlPlane.stopApiServer('SIGKILL');
    await expect.poll(() => causes.length, { timeout: 20_000 }).toBeGreaterThan(2);
    const refused = await cluster.client.get(ConfigMap, { namespace, name: 'a' }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'DKR_API_UNREACHABLE', class: 'transient', reason: 'ConnectionRefused' });
    await controlPlane.startApiServer();
    await write(50);
    await witness.agrees(cluster.client, { namespace });
    stop.abort();
  });

  test('when the API server freezes with all connections open, and thaws', async () => {
    await begin();
    await write(20);
    await controlPlane.pause();
    await expect.poll(() => causes, { timeout: 20_000 }).toContain('silent');
    const refused = await cluster.client.get(ConfigMap, { namespace, name: 'a' }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'DKR_API_UNREACHABLE', class: 'transient' });
    await controlPlane.resume();
    await write(20);
    await witness.agrees(cluster.client, { namespace });
    stop.abort();
  });

  test('when everything since the last version seen was compacted away', async () => {
    await using proxy = await FaultProxy.start(controlPlane.kubeconfigPath);
    const transport = proxy.transport();
    await Promise.all([put('kept'), put('doomed')]);
    await begin(transport);
    proxy.refuse();
    await cluster.client.delete(ConfigMap, { namespace, name: 'doomed' });
    await write(30);
    const { metadata } = await put('last');
    await controlPlane.stopApiServer('SIGTERM');
    await controlPlane.compact(metadata.resourceVersion ?? '');
    await controlPlane.startApiServer();
    proxy.accept();
    await witness.agrees(cluster.client, { namespace });
    expect(causes).toContain('expired');
    const deleted = witness.changes.filter(({ type, initial }) => type === 'deleted' && initial);
    expect(deleted.map(({ object }) => object.metadata.name)).toContain('doomed');
    stop.abort();
    await transport.close();
  });
});
