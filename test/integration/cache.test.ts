/** What readers of the cache are promised, against a real API server. */
import pino from 'pino';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createCache } from '#runtime/cache/cache.ts';
import type { Cache, Change } from '#runtime/cache/types.ts';
import { type ClusterConnection, connectCluster } from '#runtime/client/connect.ts';
import { ConfigMap, Namespace } from '#runtime/client/kinds.ts';

const namespace = 'cache-test';
const other = 'cache-test-other';
const log = pino({ level: 'silent' });
const stop = new AbortController();
let cluster: ClusterConnection;
let cache: Cache;

const put = (name: string, labels: Record<string, string> = {}, inNamespace = namespace) =>
  cluster.client.apply(ConfigMap, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: inNamespace, name, labels },
    data: { value: String(Math.random()) },
  });

beforeAll(async () => {
  cluster = await connectCluster({ kubeconfig: inject('kubeconfig') });
  for (const name of [namespace, other]) {
    await cluster.client.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  cache = createCache(cluster.transport, { log });
  cache.start(stop.signal);
});
afterAll(async () => {
  stop.abort();
  await Promise.all([namespace, other].map((name) => cluster.client.delete(Namespace, { name })));
  await cluster.transport.close();
});

test('one informer serves everybody who wants the same, with the indexes of all', async () => {
  const first = cache.informer(ConfigMap, { namespaces: [namespace], indexes: { byName: (o) => [o.metadata.name] } });
  await put('shared');
  const second = cache.informer(ConfigMap, {
    namespaces: [namespace],
    indexes: { byColour: (o) => [o.metadata.labels?.colour ?? 'none'] },
  });
  expect(second).toBe(first);
  const { metadata } = await put('shared', { colour: 'red' });
  expect(await first.reached(metadata.resourceVersion ?? '', 5000)).toBe(true);
  expect(first.by('byColour', 'red').map((o) => o.metadata.name)).toEqual(['shared']);
  expect(first.by('byName', 'shared')).toHaveLength(1);
  expect(() => first.by('bySize', '1')).toThrow('no index "bySize"');
});

test('an own write is in the cache once its version is reached, and a version that never comes is given up', async () => {
  const informer = cache.informer(ConfigMap, { namespaces: [namespace] });
  await informer.synced();
  for (let time = 0; time < 20; time++) {
    const written = await put('own');
    expect(await informer.reached(written.metadata.resourceVersion ?? '', 5000)).toBe(true);
    expect(informer.get({ namespace, name: 'own' })?.data).toEqual(written.data);
  }
  const { resourceVersion } = (await put('own')).metadata;
  expect(await informer.reached(`${Number(resourceVersion) + 1_000_000}`, 50)).toBe(false);
});

test('what leaves the selection is deleted, and what enters it is added', async () => {
  const informer = cache.informer(ConfigMap, { namespaces: [namespace], labelSelector: 'colour=blue' });
  await informer.synced();
  const seen: string[] = [];
  informer.subscribe((change) => seen.push(`${change.type} ${change.object.metadata.name}`));
  await put('painted', { colour: 'red' });
  await put('painted', { colour: 'blue' });
  await put('painted', { colour: 'green' });
  await expect.poll(() => seen).toEqual(['added painted', 'deleted painted']);
});

test('several namespaces are one collection, and the rest of the cluster is not in it', async () => {
  await Promise.all([put('here'), put('there', {}, other)]);
  const informer = cache.informer(ConfigMap, { namespaces: [namespace, other] });
  await informer.synced();
  expect(informer.list(other).map((o) => o.metadata.name)).toContain('there');
  expect(new Set(informer.list().map((o) => o.metadata.namespace))).toEqual(new Set([namespace, other]));
  const { metadata } = await put('there', {}, other);
  expect(await informer.reached(metadata.resourceVersion ?? '', 5000, other)).toBe(true);
});

test('metadata only leaves the body on the server, and keeps the identity of the kind', async () => {
  await put('light', { a: 'b' });
  const informer = cache.informer(ConfigMap, { namespaces: [namespace], metadataOnly: true });
  await informer.synced();
  const light = informer.get({ namespace, name: 'light' });
  expect(light).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'light', labels: { a: 'b' } } });
  expect(light?.data).toBeUndefined();
  const changed = await put('light', { a: 'c' });
  expect(await informer.reached(changed.metadata.resourceVersion ?? '', 5000)).toBe(true);
  expect(informer.get({ namespace, name: 'light' })).toMatchObject({
    kind: 'ConfigMap',
    metadata: { labels: { a: 'c' } },
  });
});

test('managedFields and what a transform drops take no memory', async () => {
  await put('heavy');
  const transform = (object: ConfigMap): ConfigMap => ({ ...object, data: {} });
  const informer = cache.informer(ConfigMap, { namespaces: [namespace], transform });
  await informer.synced();
  const heavy = informer.get({ namespace, name: 'heavy' });
  expect(heavy?.data).toEqual({});
  expect(heavy?.metadata.managedFields).toBeUndefined();
});

test('a late subscriber is told everything there is first, a handler that throws harms nobody', async () => {
  await put('early');
  const informer = cache.informer(ConfigMap, { namespaces: [namespace] });
  await informer.synced();
  const seen: Change<ConfigMap>[] = [];
  const unsubscribeBad = informer.subscribe(() => {
    throw new Error('a handler that breaks its promise');
  });
  const unsubscribe = informer.subscribe((change) => seen.push(change));
  expect(seen).toHaveLength(informer.size);
  expect(seen.every((change) => change.type === 'added' && change.initial)).toBe(true);
  const { metadata } = await put('late');
  expect(await informer.reached(metadata.resourceVersion ?? '', 5000)).toBe(true);
  expect(seen.at(-1)).toMatchObject({ initial: false, object: { metadata: { name: 'late' } } });
  unsubscribe();
  unsubscribeBad();
});

test('the status names every informer, and nobody is stalled', async () => {
  await cache.synced();
  expect(cache.status().map(({ kind }) => kind)).toContain('ConfigMap');
  expect(cache.status().every(({ hasSynced }) => hasSynced)).toBe(true);
  expect(cache.stalledSince).toBeUndefined();
});
