/** An operator that loses its API server in many ways: it goes on by itself, in the same process, and misses nothing. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Container } from '#crds/container.ts';
import { Deployment, Service } from '#runtime/client/kinds.ts';
import { OperatorBehindProxy } from './operator/behind-proxy.ts';

/** Milliseconds. */
const outage = 30_000;

let world: OperatorBehindProxy;
beforeAll(async () => {
  world = await OperatorBehindProxy.start();
});
afterAll(() => world[Symbol.asyncDispose]());

test('goes on after the API server was gone for 30 s, and nobody has a reason to restart it meanwhile', async () => {
  await world.cluster.stopApiServer();
  await pause(outage);
  expect(await world.isAlive()).toBe(true);
  await world.cluster.startApiServer();
  await world.declare('c-0', 'after the outage');
  await world.declare('born-after', 'first');
  await world.declarations.undeclare('c-1');
  await world.cluster.client.delete(Deployment, { namespace: world.declarations.namespace, name: 'c-2' });
  await world.declarations.hold();
}, 250_000);

test('misses no change when its watches are cut again and again', async () => {
  for (let turn = 0; turn < 10; turn++) {
    await world.declare(`c-${turn % 5}`, `cut ${turn}`);
    world.proxy.cut();
    await world.cluster.client.delete(Service, { namespace: world.declarations.namespace, name: 'born-after' });
  }
  await world.declarations.hold();
});

test('tells the truth in the end when its view of the Containers alone is behind what it wrote itself', async () => {
  world.proxy.answer(['/containers?', 'watch=true'], { status: 500 }, 4);
  world.proxy.cut();
  await world.cluster.client.delete(Deployment, { namespace: world.declarations.namespace, name: 'c-2' });
  await world.declarations.changes(1);
  await world.declarations.hold();
});

test('finds out what came, changed and went while its resource version expired', async () => {
  world.proxy.refuse();
  await world.declare('c-0', 'while it was away');
  await world.declare('born-meanwhile', 'first');
  await world.declarations.undeclare('c-3');
  await world.cluster.client.delete(Deployment, { namespace: world.declarations.namespace, name: 'c-4' });
  const { resourceVersion } = await world.cluster.client.list(Container);
  await world.cluster.controlPlane.compact(resourceVersion);
  // Its own memory of the changes would outlive the compaction.
  await world.cluster.stopApiServer();
  await world.cluster.startApiServer();
  const before = world.proxy.requests.length;
  world.proxy.accept();
  await world.declarations.hold();
  // A watch that could go on would not have listed anew.
  const lists = world.proxy.requests.slice(before).filter(({ url }) => url.includes('sendInitialEvents'));
  expect(lists.some(({ url }) => url.includes('/containers?'))).toBe(true);
}, 250_000);

test('waits as long as an API server that is too busy asks for', async () => {
  const busy = { status: 429, headers: { 'retry-after': '2' }, body: '' };
  world.proxy.answer([`/namespaces/${world.declarations.namespace}/deployments/throttled`], busy, 2);
  const before = world.proxy.requests.length;
  await world.declare('throttled', 'first');
  await world.declarations.hold();
  const asked = world.proxy.requests.slice(before).filter(({ url }) => url.includes('/deployments/throttled'));
  expect(asked.length).toBeGreaterThanOrEqual(3);
  const pauses = asked.slice(1, 3).map(({ at }, index) => at - (asked[index]?.at ?? 0));
  for (const waited of pauses) expect(waited).toBeGreaterThan(1900);
});
