/**
 * Hooks that are requests, by way of a real API server. No kubelet is needed: it asks whatever answers at the address a pod is
 * said to have, which here is this machine's own. Loopback is none that an API server would ask.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { runHook } from '#contracts/hooks/run.ts';
import type { Hook } from '#crds/run/hooks.ts';
import { type ClusterConnection, connectCluster } from '#runtime/client/connect.ts';
import { Namespace, Pod, ServiceAccount } from '#runtime/client/kinds.ts';

const namespace = 'pod-request';
const address = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

let cluster: ClusterConnection;
let program: Server;
let asked: string[];
beforeAll(async () => {
  program = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.url === '/refuse') response.writeHead(503).end('busy');
    else if (request.url !== '/never') response.end('ok');
  });
  program.listen(0, '0.0.0.0');
  await once(program, 'listening');
  cluster = await connectCluster({ kubeconfig: inject('kubeconfig') });
  const { client } = cluster;
  await client.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name: 'default' } };
  await client.create(ServiceAccount, account);
  await client.create(Pod, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name: 'web-0' },
    spec: {
      automountServiceAccountToken: false,
      containers: [{ name: 'main', image: 'localhost/web:1' }],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
    },
  });
  const status = { phase: 'Running', podIP: address, podIPs: [{ ip: address }] };
  await client.patch(Pod, { namespace, name: 'web-0' }, { status }, { subresource: 'status' });
});
afterAll(async () => {
  await cluster.client.delete(Namespace, { name: namespace });
  await cluster.transport.close();
  program.closeAllConnections();
  program.close();
});

/** How a hook ends that asks for this. */
function outcomeOf(http: Partial<NonNullable<Hook['http']>>, timeout = '5s') {
  asked = [];
  const { port } = program.address() as AddressInfo;
  const hook: Hook = { name: 'asked', http: { port, path: '/', method: 'POST', ...http }, timeout, onError: 'Fail' };
  const pass = { client: cluster.client, signal: new AbortController().signal, now: () => new Date() };
  return runHook(pass, { namespace, claims: ['data'], awaited: true }, hook);
}

describe.runIf(address !== undefined)('a hook that is a request', () => {
  test('asks the program in the pod, with its query, and succeeds by its answer', async () => {
    expect(await outcomeOf({ path: '/freeze?for=backup' })).toMatchObject({ outcome: 'Succeeded', pods: ['web-0'] });
    expect(asked).toEqual(['POST /freeze?for=backup']);
    expect(await outcomeOf({ method: 'GET' })).toMatchObject({ outcome: 'Succeeded' });
    expect(asked).toEqual(['GET /']);
  });

  test('fails by an answer that refuses, by none in time, and where nobody answers, and says which', async () => {
    const { port } = program.address() as AddressInfo;
    expect(await outcomeOf({ path: '/refuse' })).toMatchObject({
      outcome: 'Failed',
      message: `pod web-0 answered POST /refuse at port ${port} with 503: busy`,
    });
    expect((await outcomeOf({ path: '/never' }, '1s')).message).toBe('in pod web-0 it did not end within 1s');
    expect((await outcomeOf({ port: 9 })).message).toMatch(/at port 9 with 50\d: .*connection refused/);
  });
});
