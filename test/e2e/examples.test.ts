/** What the README sends people to: every example, applied as it stands. */
import { glob, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { Container } from '#crds/container.ts';
import { Deployment, Service } from '#runtime/client/kinds.ts';
import { ask } from './notes.ts';
import { Sandbox } from './sandbox.ts';

const files = (await Array.fromAsync(glob('examples/container*.yaml'))).sort();
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.open('examples');
});
afterAll(() => sandbox[Symbol.asyncDispose]());

async function read(file: string): Promise<Container[]> {
  const documents = parseAllDocuments(await readFile(file, 'utf8'));
  return documents.map((document) => document.toJS() as Container).filter(({ kind }) => kind === Container.kind);
}

test.concurrent.for(files)(
  '%s becomes Ready, with its route once the Gateway API is there if it names a Gateway',
  async (file) => {
    const containers = await read(file);
    const startedAt = performance.now();
    await sandbox.kubectl(['apply', '-f', file]);
    for (const { metadata, spec } of containers) {
      if (spec.network?.gatewayRef !== undefined) await bringGatewayAPI(metadata.name);
      await sandbox.ready(metadata.name);
      console.log(`${basename(file)}: Ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
      if (sandbox.get(Service, metadata.name) !== undefined)
        expect(await ask(await sandbox.url(metadata.name))).toMatch(/^notes 1\.0 on/);
      if (spec.network?.gatewayRef !== undefined) await withdrawRoute(metadata.name);
    }
  },
);

/** Without it the condition says so and the pods run all the same; nobody tells the operator when it comes. */
async function bringGatewayAPI(name: string): Promise<void> {
  const { message } = await sandbox.condition(name, 'NetworkConfigured', 'False', 'GatewayAPIMissing');
  expect(message).toContain('install it, or use ingressClassName');
  await sandbox.eventually(`pods of ${name}`, () => sandbox.get(Deployment, name)?.status?.readyReplicas === 1);
  await sandbox.kubectl(['apply', '-f', 'test/e2e/fixtures/httproute-crd.yaml']);
  await sandbox.condition(name, 'NetworkConfigured', 'True');
  const route = await sandbox.kubectl.json<{ spec: unknown }>(['get', 'httproute', name]);
  expect(route.spec).toMatchObject({
    parentRefs: [{ name: 'public', namespace: 'gateways' }],
    hostnames: ['notes.example.com'],
    rules: [{ backendRefs: [{ name, port: 8080 }] }],
  });
}

/** A host name that is no longer declared is no longer routed. */
async function withdrawRoute(name: string): Promise<void> {
  await sandbox.patch(Container, name, { spec: { network: { hostnames: null, gatewayRef: null } } });
  await sandbox.kubectl(['wait', '--for=delete', 'httproute', name, '--timeout=60s']);
}
