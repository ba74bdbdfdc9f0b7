/** A namespace that admits only pods of the strictest Pod Security standard: what is declared without a word of security runs there. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, keptNotes, notes } from './notes.ts';
import { Sandbox } from './sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.open('restricted', { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } });
});
afterAll(() => sandbox[Symbol.asyncDispose]());

test.concurrent.for([
  ['stateless', notes],
  ['stateful', keptNotes],
] as const)('a %s Container runs where Pod Security is restricted', async ([kind, spec]) => {
  await sandbox.declare(kind, spec());
  await sandbox.ready(kind);
  expect(await ask(await sandbox.url(kind))).toMatch(/^notes 1\.0 on/);
});

test.concurrent('a Container that asks for more than that is told what the namespace refuses', async () => {
  const name = 'privileged';
  await sandbox.declare(name, notes({ securityContext: { capabilities: { add: ['NET_ADMIN'] } } }));
  const { message } = await sandbox.condition(name, 'Ready', 'False', 'PodsRefused');
  expect(message).toMatch(/violates PodSecurity "restricted.*NET_ADMIN/);
});
