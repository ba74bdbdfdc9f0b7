/** The transport and the client's patience, against a small HTTP server that misbehaves on demand. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createClient } from './client.ts';
import { ConfigMap } from './kinds.ts';
import { createTransport, type Transport, type TransportOptions } from './transport.ts';

let server: Server;
let transport: Transport;
let answer: RequestListener;
let requests: string[];

const nobody = { headers: {}, tls: {} };
const connectTo = (url: string, options: TransportOptions = {}): Transport =>
  createTransport({ server: url, current: () => nobody, renew: async () => nobody }, { timeoutMs: 1000, ...options });
const url = (path = ''): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

beforeEach(async () => {
  requests = [];
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  transport = connectTo(url('/k8s/clusters/c-1'));
});
afterEach(async () => {
  await transport.close();
  server.closeAllConnections();
  server.close();
});

const get = { method: 'GET', path: '/api', idempotent: true } as const;

describe('the transport', () => {
  test('keeps the path below which the API lives, and reuses its connections', async () => {
    let connections = 0;
    server.on('connection', () => {
      connections += 1;
    });
    answer = (_, response) => response.end('ok');
    for (let time = 0; time < 20; time++) expect(await transport.send(get)).toEqual({ status: 200, text: 'ok' });
    expect(requests).toEqual(Array(20).fill('GET /k8s/clusters/c-1/api'));
    expect(connections).toBeLessThanOrEqual(2);
  });

  test('sends an idempotent request once more when its connection is reset before an answer, and no other', async () => {
    answer = (request, response) => {
      if (requests.length === 1) request.socket.resetAndDestroy();
      else response.end('ok');
    };
    expect((await transport.send(get)).text).toBe('ok');
    requests.length = 0;
    const refused = transport.send({ method: 'POST', path: '/api', body: '{}' });
    await expect(refused).rejects.toMatchObject({ code: 'DKR_API_UNREACHABLE', reason: 'ConnectionCut' });
    expect(requests).toHaveLength(1);
  });

  test('does not repeat a request whose answer was cut in the middle', async () => {
    answer = (_, response) => {
      response.write('half');
      setImmediate(() => response.destroy());
    };
    await expect(transport.send(get)).rejects.toMatchObject({ code: 'DKR_API_UNREACHABLE', reason: 'ConnectionCut' });
    expect(requests).toHaveLength(1);
  });

  test('gives up a request that gets no answer, and one that its caller abandons while it queues', async () => {
    answer = () => undefined;
    const narrow = connectTo(url(), { connections: 2 });
    const stop = new AbortController();
    const unanswered = [narrow.send(get), narrow.send(get)];
    const queued = narrow.send({ ...get, signal: stop.signal });
    stop.abort();
    await expect(queued).rejects.toMatchObject({ code: 'DKR_TIMEOUT', reason: 'Aborted' });
    for (const attempt of unanswered) {
      await expect(attempt).rejects.toMatchObject({ code: 'DKR_API_UNREACHABLE', reason: 'NoAnswer' });
    }
    await narrow.close();
    expect(requests).toHaveLength(2);
  });

  test('says what to check when nobody listens there', async () => {
    const closed = createTcpServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    const lost = connectTo(`http://127.0.0.1:${port}`);
    await expect(lost.send(get)).rejects.toMatchObject({ code: 'DKR_API_UNREACHABLE', reason: 'ConnectionRefused' });
    await expect(lost.send(get)).rejects.toThrow(`http://127.0.0.1:${port}: connection refused: check that`);
    await lost.close();
  });

  test('tells who waits for it when the server answers again', async () => {
    answer = (request, response) => {
      if (requests.length === 1) request.socket.resetAndDestroy();
      else response.end('ok');
    };
    await expect(transport.send({ ...get, idempotent: false })).rejects.toThrow('the connection was cut');
    const recovered = new Promise<void>((resolve) => transport.onRecovery(resolve));
    await transport.send(get);
    await recovered;
  });
});

describe('the client', () => {
  const client = () => createClient(transport, { retry: { attempts: 3, budgetMs: 2500 } });
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'a', name: 'b' } };

  test('waits as long as a 429 asks and then succeeds, also when it creates', async () => {
    answer = (_, response) => {
      if (requests.length === 1) response.writeHead(429, { 'retry-after': '1' }).end();
      else response.end(JSON.stringify(object));
    };
    const startedAt = performance.now();
    expect(await client().create(ConfigMap, object)).toEqual(object);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990);
  });

  test('gives up after its attempts, and tells how long the server asked to wait', async () => {
    answer = (_, response) => response.writeHead(429, { 'retry-after': '0' }).end();
    const refused = client().get(ConfigMap, { namespace: 'a', name: 'b' });
    await expect(refused).rejects.toMatchObject({ code: 'DKR_API_THROTTLED', retryAfterMs: 0 });
    expect(requests).toHaveLength(3);
  });

  test('leaves a longer wait than it may take to its caller', async () => {
    answer = (_, response) => response.writeHead(429, { 'retry-after': '60' }).end();
    const refused = client().get(ConfigMap, { namespace: 'a', name: 'b' });
    await expect(refused).rejects.toMatchObject({ code: 'DKR_API_THROTTLED', retryAfterMs: 60_000 });
    expect(requests).toHaveLength(1);
  });

  test('repeats a 503 with Retry-After only when that does no harm', async () => {
    answer = (_, response) => response.writeHead(503, { 'retry-after': '0' }).end();
    await expect(client().create(ConfigMap, object)).rejects.toMatchObject({ code: 'DKR_API_UNAVAILABLE' });
    expect(requests).toHaveLength(1);
    await expect(client().apply(ConfigMap, object)).rejects.toMatchObject({ code: 'DKR_API_UNAVAILABLE' });
    expect(requests).toHaveLength(4);
  });

  test('lists from the beginning when the list expires between two pages', async () => {
    const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };
    const page = (name: string, more: object) =>
      JSON.stringify({ metadata: { resourceVersion: '9', ...more }, items: [{ metadata: { name } }] });
    answer = (request, response) => {
      if (requests.length === 2) response.writeHead(410).end(JSON.stringify(status));
      else if (request.url?.includes('continue=') === true) response.end(page('second', {}));
      else response.end(page('first', { continue: 'token' }));
    };
    const { items, resourceVersion } = await client().list(ConfigMap);
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['first', 'second']);
    expect(resourceVersion).toBe('9');
  });
});
