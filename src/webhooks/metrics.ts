/** The webhooks' metrics, under the names controller-runtime gave them where it has one. */
import { Counter, Gauge, Histogram, type Registry } from '#runtime/metrics/prometheus.ts';
import type { ValidatingWebhook } from './types.ts';

/** controller-runtime's buckets, thinned: a webhook answers in milliseconds or is in trouble. */
const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** How an admission ended. */
export type ReviewResult = 'allowed' | 'warned' | 'refused';
const results: readonly ReviewResult[] = ['allowed', 'warned', 'refused'];

export interface WebhookMetrics {
  started(path: string): void;
  ended(path: string, code: number, seconds: number): void;
  reviewed(path: string, result: ReviewResult): void;
  /** A rule failed or took too long, so what it would have said was not. */
  unchecked(path: string, rule: string): void;
  /** Somebody did not get as far as asking, such as an API server that does not know the certificate's authority. */
  handshakeFailed(): void;
  /** @param notAfter end of the certificate that is served */
  serving(notAfter: Date): void;
}

/** What is known before the first request. */
type Served = Pick<ValidatingWebhook, 'path' | 'rules'>;

/** @param prefix of the operator's own metrics, without the underscore */
export function createWebhookMetrics(registry: Registry, prefix: string, served: readonly Served[]): WebhookMetrics {
  const registers = [registry];
  const webhook = ['webhook'] as const;
  const requests = new Counter({
    name: 'controller_runtime_webhook_requests_total',
    help: 'Admission requests, by HTTP status.',
    labelNames: [...webhook, 'code'],
    registers,
  });
  const latency = new Histogram({
    name: 'controller_runtime_webhook_latency_seconds',
    help: 'Duration of an admission request.',
    labelNames: webhook,
    buckets: seconds,
    registers,
  });
  const inFlight = new Gauge({
    name: 'controller_runtime_webhook_requests_in_flight',
    help: 'Admission requests being served.',
    labelNames: webhook,
    registers,
  });
  const reviews = new Counter({
    name: `${prefix}_webhook_reviews_total`,
    help: 'Admission reviews, by their outcome.',
    labelNames: [...webhook, 'result'],
    registers,
  });
  const unchecked = new Counter({
    name: `${prefix}_webhook_unchecked_rules_total`,
    help: 'Rules that failed or took too long in a review.',
    labelNames: [...webhook, 'rule'],
    registers,
  });
  const handshakes = new Counter({
    name: `${prefix}_webhook_handshake_failures_total`,
    help: 'TLS connections that failed before anything was asked.',
    registers,
  });
  const expiry = new Gauge({
    name: `${prefix}_webhook_certificate_expiry_timestamp_seconds`,
    help: 'When the certificate that is served ends, in seconds since the epoch; 0 before there is one.',
    registers,
  });
  for (const { path, rules } of served) {
    for (const { name } of rules) unchecked.inc({ webhook: path, rule: name }, 0);
    for (const code of ['200', '500']) requests.inc({ webhook: path, code }, 0);
    for (const result of results) reviews.inc({ webhook: path, result }, 0);
    latency.zero({ webhook: path });
    inFlight.set({ webhook: path }, 0);
  }
  return {
    started: (path) => inFlight.inc({ webhook: path }),
    ended(path, code, took) {
      inFlight.dec({ webhook: path });
      requests.inc({ webhook: path, code: String(code) });
      latency.observe({ webhook: path }, took);
    },
    reviewed: (path, result) => reviews.inc({ webhook: path, result }),
    unchecked: (path, rule) => unchecked.inc({ webhook: path, rule }),
    handshakeFailed: () => handshakes.inc(),
    serving: (notAfter) => expiry.set(notAfter.getTime() / 1000),
  };
}
