/** Connections that stay open and say nothing, as behind a firewall that forgot them: only the clock can tell. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OperatorBehindProxy } from './operator/behind-proxy.ts';

let world: OperatorBehindProxy;
beforeAll(async () => {
  world = await OperatorBehindProxy.start();
});
afterAll(() => world[Symbol.asyncDispose]());

test('an operator notices by itself that its connections have fallen silent, and misses nothing', async () => {
  world.proxy.silence();
  await world.declare('c-0', 'said into the silence');
  await world.declare('born-in-silence', 'first');
  await world.declarations.undeclare('c-4');
  await world.declarations.hold();
  expect(await world.isAlive()).toBe(true);
}, 250_000);
