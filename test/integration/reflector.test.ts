/** No event is missed, whatever the network and the API server do to a watch. */
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { createCache } from '#runtime/cache/cache.ts';
import type { ReflectorTuning } from '#runtime/cache/reflector.ts';
import type { Informer } from '#runtime/cache/types.ts';
import { type ClusterConnection, connectCluster } from '#runtime/client/connect.ts';
import { ConfigMap, Namespace } from '#runtime/client/kinds.ts';
import type { Transport } from '#runtime/client/transport.ts';
import { Churn } from './churn.ts';
import { FaultProxy } from './fault-proxy.ts';
import { Witness } from './witness.ts';

const namespace = 'reflector-test';
/** Seconds instead of minutes, so that a test lives to see them pass. */
const impatient: Partial<ReflectorTuning> = {
  idleMs: 1500,
  watchSeconds: [3, 5],
  backoff: { baseMs: 50, maxMs: 400 },
};

let cluster: ClusterConnection;
let proxy: FaultProxy;
let transport: Transport;
let stop: AbortController;
let causes: string[];
let malformed: number;

beforeAll(async () => {
  cluster = await connectCluster({ kubeconfig: inject('kubeconfig') });
  await cluster.client.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
});
afterAll(async () => {
  await cluster.client.delete(Namespace, { name: namespace });
  await cluster.transport.close();
});
beforeEach(async () => {
  proxy = await FaultProxy.start(inject('kubeconfig'));
  transport = proxy.transport();
  stop = new AbortController();
  causes = [];
  malformed = 0;
});
afterEach(async () => {
  stop.abort();
  await transport.close();
  await proxy[Symbol.asyncDispose]();
});

function watch(tuning: Partial<ReflectorTuning> = {}): Informer<ConfigMap> {
  const cache = createCache(transport, {
    log: pino({ level: 'silent' }),
    tuning: { ...impatient, ...tuning },
    observer: {
      watched: () => undefined,
      restarted: (_, cause) => causes.push(cause),
      malformed: () => {
        malformed += 1;
      },
      changed: () => undefined,
    },
  });
  const informer = cache.informer(ConfigMap, { namespaces: [namespace] });
  cache.start(stop.signal);
  return informer;
}

const put = (name: string, value: string) =>
  cluster.client.apply(ConfigMap, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace, name },
    data: { value },
  });
const expired = {
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  reason: 'Expired',
  code: 410,
  message: 'too old',
};
const watchesFrom = () => proxy.requests.filter(({ url }) => url.includes('resourceVersion='));

describe('under constant writes, no event is missed or told twice', () => {
  let churn: Churn;
  beforeEach(() => {
    churn = new Churn(cluster.client, namespace);
  });
  afterEach(async () => churn.stop());

  const disturb = async (times: number, fault: () => void): Promise<void> => {
    for (let time = 0; time < times; time++) {
      const writes = churn.writes;
      fault();
      await expect.poll(() => churn.writes, { timeout: 30_000 }).toBeGreaterThan(writes + 20);
    }
  };

  test('when the watch is cut again and again', async () => {
    const informer = watch();
    const witness = new Witness(informer);
    await informer.synced();
    await disturb(10, () => proxy.cut());
    await churn.stop();
    await witness.agrees(cluster.client, { namespace });
    expect(causes).toContain('cut');
  });

  test('when the connection falls silent without being closed', async () => {
    const informer = watch();
    const witness = new Witness(informer);
    await informer.synced();
    proxy.silence();
    await expect.poll(() => causes, { timeout: 20_000 }).toContain('silent');
    await churn.stop();
    await witness.agrees(cluster.client, { namespace });
  });

  test('when the watch ends in order, as it does every few minutes', async () => {
    const informer = watch({ watchSeconds: [1, 1] });
    const witness = new Witness(informer);
    await informer.synced();
    await expect.poll(() => causes.filter((cause) => cause === 'ended').length, { timeout: 20_000 }).toBeGreaterThan(2);
    await churn.stop();
    await witness.agrees(cluster.client, { namespace });
  });

  test('when the API server sends 410 in the stream', async () => {
    const informer = watch();
    const witness = new Witness(informer);
    await informer.synced();
    await disturb(5, () => proxy.inject('watch=true', `${JSON.stringify({ type: 'ERROR', object: expired })}\n`));
    await churn.stop();
    await witness.agrees(cluster.client, { namespace });
    expect(causes).toContain('expired');
  });

  test('when the first list is paged, fails, and expires between two pages', async () => {
    proxy.answer(['sendInitialEvents'], { status: 422 });
    proxy.answer(['limit=', 'continue='], { status: 410, body: JSON.stringify(expired) });
    proxy.answer(['limit='], { status: 500 }, 2);
    const informer = watch({ pageSize: 5 });
    const witness = new Witness(informer);
    await informer.synced();
    await disturb(3, () => proxy.cut());
    await churn.stop();
    await witness.agrees(cluster.client, { namespace });
    expect(proxy.requests.filter(({ url }) => url.includes('sendInitialEvents'))).toHaveLength(1);
  });
});

describe('a watch', () => {
  test('starts when the API server answers at last', async () => {
    proxy.refuse();
    const informer = watch();
    await expect.poll(() => causes.length, { timeout: 20_000 }).toBeGreaterThan(2);
    expect(informer.hasSynced).toBe(false);
    proxy.accept();
    await informer.synced();
  });

  test('resumes from the last version it saw, without a new list', async () => {
    const informer = watch();
    const witness = new Witness(informer);
    await informer.synced();
    const { metadata } = await put('resumed', String(Math.random()));
    await informer.reached(metadata.resourceVersion ?? '', 5000);
    proxy.cut();
    await expect.poll(() => watchesFrom().length, { timeout: 20_000 }).toBeGreaterThan(0);
    expect(watchesFrom()[0]?.url).toContain(`resourceVersion=${metadata.resourceVersion}`);
    expect(proxy.requests.filter(({ url }) => url.includes('sendInitialEvents'))).toHaveLength(1);
    await witness.agrees(cluster.client, { namespace });
  });

  test('tells after a 410 what was deleted, changed and made meanwhile, and nothing else', async () => {
    await Promise.all([put('kept', 'a'), put('doomed', 'a'), put('changed', 'a')]);
    const informer = watch();
    await informer.synced();
    const witness = new Witness(informer);
    proxy.refuse();
    await cluster.client.delete(ConfigMap, { namespace, name: 'doomed' });
    await Promise.all([put('changed', String(Math.random())), put(`made-${Date.now()}`, 'a')]);
    proxy.answer(['resourceVersion='], { status: 410, body: JSON.stringify(expired) });
    const before = witness.changes.length;
    proxy.accept();
    await witness.agrees(cluster.client, { namespace });
    const told = witness.changes.slice(before).map(({ type, initial }) => ({ type, initial }));
    expect(told.toSorted((a, b) => a.type.localeCompare(b.type))).toEqual([
      { type: 'added', initial: true },
      { type: 'deleted', initial: true },
      { type: 'updated', initial: true },
    ]);
  });

  test('waits as long as a 429 asks', async () => {
    const informer = watch();
    await informer.synced();
    proxy.answer(['resourceVersion='], { status: 429, headers: { 'retry-after': '2' } });
    proxy.cut();
    await expect.poll(() => watchesFrom().length, { timeout: 20_000 }).toBeGreaterThan(1);
    const [refused, next] = watchesFrom();
    expect((next?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(1950);
    expect(causes).toContain('throttled');
  });

  test('skips and counts what makes no sense, and goes on', async () => {
    const informer = watch();
    const witness = new Witness(informer);
    await informer.synced();
    proxy.inject(
      'watch=true',
      '{"type":"ADDED","object":{"metadata":{}}}\n{"type":"ADDED","obj\nnull\n{"type":"NEW"}\n',
    );
    const { metadata } = await put('sensible', String(Math.random()));
    expect(await informer.reached(metadata.resourceVersion ?? '', 5000)).toBe(true);
    expect(malformed).toBe(4);
    expect(causes).toEqual([]);
    await witness.agrees(cluster.client, { namespace });
  });

  test('ends with its signal, and leaves no connection', async () => {
    const informer = watch();
    await informer.synced();
    stop.abort();
    await transport.close();
    const seen = proxy.requests.length;
    await put('unseen', String(Math.random()));
    expect(proxy.requests).toHaveLength(seen);
  });
});
