/** Requests to pods against a small server that stands for the API server and what is behind it. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { askPod } from './pod-request.ts';
import { createTransport, type Transport } from './transport.ts';

let server: Server;
let transport: Transport;
let answer: RequestListener;
let asked: string[];

const nobody = { headers: {}, tls: {} };
const pod = { namespace: 'shop', name: 'web-0' };
const request = { port: 8080, path: '/freeze?for=backup', method: 'POST', timeoutMs: 5000 } as const;

beforeEach(async () => {
  asked = [];
  server = createServer((incoming, response) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    answer(incoming, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { server: url, current: () => nobody, renew: async () => nobody };
  // The client's own patience is shorter than what a hook may take.
  transport = createTransport(credentials, { timeoutMs: 100 });
});
afterEach(async () => {
  await transport.close();
  server.closeAllConnections();
  server.close();
});

const status =
  (code: number, reason: string, message: string) => (_: unknown, response: { end: (text: string) => void }) =>
    Object.assign(response, { statusCode: code }).end(
      JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message }),
    );

describe('a request to a pod', () => {
  test('is made at its port, and any answer is one', async () => {
    answer = (_, response) => response.writeHead(503).end('frozen already');
    expect(await askPod(transport, pod, request)).toEqual({ status: 503, text: 'frozen already' });
    expect(asked).toEqual(['POST /api/v1/namespaces/shop/pods/web-0%3A8080/proxy/freeze?for=backup']);
  });

  test('may take as long as it is given, and has no more of an endless answer kept than a beginning', async () => {
    answer = (_, response) => {
      setTimeout(() => response.end('x'.repeat(1 << 20)), 300);
    };
    expect((await askPod(transport, pod, request)).text).toHaveLength(4096);
  });

  test('tells that nobody answers there, and throws what the API server says for itself', async () => {
    answer = status(503, 'ServiceUnavailable', 'error trying to reach service: connection refused');
    const { status: code, text } = await askPod(transport, pod, request);
    expect({ code, text }).toEqual({ code: 503, text: 'error trying to reach service: connection refused' });
    answer = status(403, 'Forbidden', 'pods/proxy is forbidden');
    await expect(askPod(transport, pod, request)).rejects.toMatchObject({ code: 'DKR_API_FORBIDDEN' });
  });

  test('never leaves the pod: what leads to other paths of the API server is refused', async () => {
    for (const path of ['/../../secrets', '/%2e%2e/secrets', '\\..', 'relative'])
      await expect(askPod(transport, pod, { ...request, path })).rejects.toMatchObject({ code: 'DKR_SPEC_INVALID' });
    expect(asked).toEqual([]);
  });
});
