/** The plain HTTP server for probes and Prometheus: `/healthz`, `/readyz`, `/metrics`. */
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { DokkerrError } from '../errors.ts';
import { type HealthCheck, healthReport } from './health.ts';

/** Not imported: that would read every name the module has, and three of them load Node's own fetch, 5 MB nobody here uses. */
const { createServer } = process.getBuiltinModule('node:http');

export interface HttpOptions {
  /** default all addresses */
  readonly host?: string;
  /** 0 takes a free one */
  readonly port: number;
}

export interface HttpContent {
  readonly registry: Registry;
  readonly live: readonly HealthCheck[];
  readonly ready: readonly HealthCheck[];
}

export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

/** @throws DKR_CONFIG_INVALID when it cannot listen there */
export async function serveHttp({ host, port }: HttpOptions, content: HttpContent): Promise<HttpServer> {
  const server = createServer((request, response) => {
    const [path] = (request.url ?? '/').split('?');
    answer(path ?? '/', content, response).catch((error: unknown) => response.destroy(asError(error)));
  });
  await listen(server, host, port);
  return {
    // Sound: a TCP server that listens has an AddressInfo.
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(path: string, { registry, live, ready }: HttpContent, response: ServerResponse): Promise<void> {
  switch (path) {
    case '/healthz':
      return report(response, live);
    case '/readyz':
      return report(response, ready);
    case '/metrics': {
      const body = await registry.metrics();
      response.writeHead(200, { 'content-type': registry.contentType }).end(body);
      return;
    }
    default:
      response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
  }
}

function report(response: ServerResponse, checks: readonly HealthCheck[]): void {
  const { ok, text } = healthReport(checks);
  response.writeHead(ok ? 200 : 503, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
}

function listen(server: Server, host: string | undefined, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const where = `${host ?? '*'}:${port}`;
      const message = `cannot serve probes and metrics at ${where} (${cause.message}); choose another address`;
      reject(new DokkerrError('DKR_CONFIG_INVALID', message, { cause }));
    });
    server.listen({ port, ...(host === undefined ? {} : { host }) }, resolve);
  });
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
