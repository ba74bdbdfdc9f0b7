/**
 * The HTTPS server that API servers call for admission. Its certificate is replaced while it serves: connections that are
 * open go on, new ones get the new one.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { asDokkerrError, DokkerrError } from '#runtime/errors.ts';
import { readReview, writeReview } from './admission-review.ts';
import { readBody } from './body.ts';
import type { ServingCertificate } from './certificates/source.ts';
import type { ReviewResult, WebhookMetrics } from './metrics.ts';
import { type ReviewOptions, review } from './review.ts';
import type { Finding, ValidatingWebhook } from './types.ts';

/**
 * Bytes of a body. etcd takes objects up to 1.5 MiB and a review carries two of them, so nothing larger could be stored.
 */
const defaultMaxBody = 3 * 1024 * 1024;

/** Longer than the 90 s for which API servers keep an idle connection, so that it is always they who close it. */
const keepAliveMs = 120_000;

export interface AdmissionServerOptions extends ReviewOptions {
  /** default all addresses */
  readonly host?: string;
  /** 0 takes a free one */
  readonly port: number;
  readonly webhooks: readonly ValidatingWebhook[];
  readonly metrics: WebhookMetrics;
  /** bytes (default 3 MiB) */
  readonly maxBody?: number;
}

/** What is answered: a body of JSON, or one line of text. */
interface Answer {
  readonly code: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export class AdmissionServer {
  readonly #options: AdmissionServerOptions;
  readonly #server: Server;
  readonly #webhooks: ReadonlyMap<string, ValidatingWebhook>;
  #isLeaving = false;

  constructor(options: AdmissionServerOptions) {
    this.#options = options;
    this.#webhooks = new Map(options.webhooks.map((webhook) => [webhook.path, webhook]));
    this.#server = createServer({ minVersion: 'TLSv1.2', keepAliveTimeout: keepAliveMs }, (request, response) => {
      this.#serve(request, response).catch((thrown: unknown) => response.destroy(asDokkerrError(thrown)));
    });
    this.#server.on('tlsClientError', (error, socket) => {
      options.metrics.handshakeFailed();
      options.log.debug(
        { err: error, from: socket.remoteAddress },
        'a TLS connection failed before anything was asked',
      );
    });
  }

  /** Takes effect for the next connection. */
  use({ pem, key }: ServingCertificate): void {
    this.#server.setSecureContext({ cert: pem, key, minVersion: 'TLSv1.2' });
  }

  /** @returns the port @throws DKR_CONFIG_INVALID when it cannot listen there */
  listen(): Promise<number> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', (cause) => {
        const message = `cannot serve webhooks at ${host ?? '*'}:${port} (${cause.message}); choose another address`;
        reject(new DokkerrError('DKR_CONFIG_INVALID', message, { cause }));
      });
      this.#server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
        // Sound: a TCP server that listens has an AddressInfo.
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /** From now on each connection ends with its next answer, so that whoever asks again asks another replica. */
  leave(): void {
    this.#isLeaving = true;
  }

  /** Answers what was asked before, and closes each connection after it. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeIdleConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '/'] = (request.url ?? '/').split('?');
    const webhook = this.#webhooks.get(path);
    if (webhook === undefined) return this.#send(response, { code: 404, text: `there is no webhook ${path}` });
    const { metrics, clock, log } = this.#options;
    const begun = clock.monotonic();
    metrics.started(path);
    let answer: Answer = { code: 500, text: 'internal error' };
    try {
      answer = await this.#answer(webhook, request);
    } catch (thrown) {
      log.error({ err: asDokkerrError(thrown), webhook: webhook.name }, 'an admission request failed');
    } finally {
      metrics.ended(path, answer.code, (clock.monotonic() - begun) / 1000);
    }
    this.#send(response, answer);
  }

  async #answer(webhook: ValidatingWebhook, request: IncomingMessage): Promise<Answer> {
    if (request.method !== 'POST') return { code: 405, text: 'only POST is served', headers: { allow: 'POST' } };
    const type = request.headers['content-type'] ?? '';
    if (!/^application\/json\s*(;|$)/i.test(type)) return { code: 415, text: 'only application/json is read' };
    const { maxBody = defaultMaxBody, metrics } = this.#options;
    const body = await readBody(request, maxBody);
    if (body === undefined) return { code: 413, text: `a body has at most ${maxBody} bytes` };
    const asked = readReview(body);
    if (typeof asked === 'string') return { code: 400, text: asked };
    const { kind } = webhook;
    if (asked.kind !== kind.kind || asked.group !== kind.group)
      return {
        code: 400,
        text: `${webhook.path} reviews ${kind.kind}.${kind.group}, not ${asked.kind}.${asked.group}`,
      };
    const findings = await review(webhook, asked.admission, this.#options);
    metrics.reviewed(webhook.path, resultOf(findings));
    return { code: 200, text: writeReview(asked.uid, findings) };
  }

  #send(response: ServerResponse, { code, text, headers = {} }: Answer): void {
    const isReview = code === 200;
    // What is left of a body that was refused would have to be read before the next request: the connection ends instead.
    const ends = !isReview || this.#isLeaving || !this.#server.listening;
    response.writeHead(code, {
      'content-type': isReview ? 'application/json' : 'text/plain; charset=utf-8',
      ...(ends ? { connection: 'close' } : {}),
      ...headers,
    });
    response.end(isReview ? text : `${text}\n`);
  }
}

function resultOf(findings: readonly Finding[]): ReviewResult {
  if (findings.some(({ kind }) => kind === 'refusal')) return 'refused';
  return findings.length > 0 ? 'warned' : 'allowed';
}
