/** The informer over a scripted watch server: what it tells must always add up to what the server last listed. */
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigMap } from '../client/kinds.ts';
import { createTransport, type Transport } from '../client/transport.ts';
import { keyOf } from '../client/types.ts';
import { createCache } from './cache.ts';
import type { ReflectorTuning } from './reflector.ts';
import type { Cache, Change } from './types.ts';

/** Object names with their resource versions. */
type Collection = Readonly<Record<string, number>>;

let server: Server;
let transport: Transport;
let stop: AbortController;
let collection: Collection;
let watchers: Set<ServerResponse>;

const event = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;
const configMap = (name: string, version: number) => ({
  metadata: { name, namespace: 'a', resourceVersion: String(version) },
});
const expire = (): void => {
  for (const watcher of watchers) watcher.write(event('ERROR', { code: 410, reason: 'Expired' }));
};

beforeEach(async () => {
  collection = {};
  watchers = new Set();
  stop = new AbortController();
  server = createServer((_, response) => {
    watchers.add(response);
    response.on('close', () => watchers.delete(response));
    for (const [name, version] of Object.entries(collection)) response.write(event('ADDED', configMap(name, version)));
    const annotations = { 'k8s.io/initial-events-end': 'true' };
    response.write(event('BOOKMARK', { metadata: { resourceVersion: '1000', annotations } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const nobody = { headers: {}, tls: {} };
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  transport = createTransport({ server: url, current: () => nobody, renew: async () => nobody });
});
afterEach(async () => {
  stop.abort();
  await transport.close();
  server.closeAllConnections();
  server.close();
});

const makeCache = (tuning: Partial<ReflectorTuning> = {}): Cache => {
  const cache = createCache(transport, { log: pino({ level: 'silent' }), tuning });
  cache.start(stop.signal);
  return cache;
};

describe('the informer', () => {
  test('tells after every new list exactly the difference to the one before', async () => {
    const collections = fc.array(
      fc.dictionary(fc.constantFrom('x', 'y', 'z', 'v', 'w'), fc.nat(3), { noNullPrototype: true }),
      { minLength: 1, maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(collections, async (next) => {
        collection = {};
        stop = new AbortController();
        const informer = makeCache().informer(ConfigMap);
        await informer.synced();
        const changes: Change<ConfigMap>[] = [];
        informer.subscribe((change) => changes.push(change));
        for (const [round, wanted] of next.entries()) {
          const before = collection;
          collection = wanted;
          changes.length = 0;
          const [watcher] = watchers;
          expire();
          // The list is complete when a version behind it, and none of an earlier round, was passed in the new stream.
          const resourceVersion = String(2000 + round);
          await expect.poll(() => watchers.size === 1 && !watchers.has(watcher as ServerResponse)).toBe(true);
          for (const each of watchers) each.write(event('BOOKMARK', { metadata: { resourceVersion } }));
          expect(await informer.reached(resourceVersion, 5000)).toBe(true);

          const expected = [...new Set([...Object.keys(before), ...Object.keys(wanted)])].flatMap((name) => {
            if (before[name] === wanted[name]) return [];
            if (wanted[name] === undefined) return [`deleted a/${name}`];
            return [`${before[name] === undefined ? 'added' : 'updated'} a/${name}`];
          });
          expect(changes.map(({ type, object }) => `${type} ${keyOf(object)}`).toSorted()).toEqual(expected.toSorted());
          expect(changes.every(({ initial }) => initial)).toBe(true);
          const held = Object.fromEntries(
            informer.list().map(({ metadata }) => [metadata.name, Number(metadata.resourceVersion)]),
          );
          expect(held).toEqual({ ...wanted });
        }
        stop.abort();
      }),
      { numRuns: 20 },
    );
  }, 60_000);

  test('is stalled when its reflector did nothing for longer than any wait or silence lasts', async () => {
    let now = 1_000_000;
    const cache = makeCache({ now: () => now });
    await cache.informer(ConfigMap).synced();
    now += 100_000;
    expect(cache.stalledSince).toBeUndefined();
    now += 100_000;
    expect(cache.stalledSince).toBe(1_000_000);
    for (const watcher of watchers) watcher.write(event('BOOKMARK', { metadata: { resourceVersion: '2000' } }));
    await expect.poll(() => cache.stalledSince).toBeUndefined();
  });

  test('counts an object that its transform cannot read as malformed, and goes on', async () => {
    collection = { bad: 1, good: 1 };
    const informer = makeCache().informer(ConfigMap, {
      transform: (object) => {
        if (object.metadata.name === 'bad') throw new Error('unexpected shape');
        return object;
      },
    });
    await informer.synced();
    expect(informer.list().map(({ metadata }) => metadata.name)).toEqual(['good']);
  });

  test('stops waiting for the first sync when its reader gives up', async () => {
    const cache = createCache(transport, { log: pino({ level: 'silent' }) });
    const reason = new Error('enough');
    await expect(cache.informer(ConfigMap).synced(AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
