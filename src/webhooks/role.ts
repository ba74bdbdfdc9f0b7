/** The webhooks as one part of an operator process: certificate, server, readiness. Started before caches and controllers. */
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Client } from '#runtime/client/types.ts';
import { type Clock, pause } from '#runtime/clock.ts';
import type { HealthCheck } from '#runtime/manager/health.ts';
import type { ConfigurationReference } from './certificates/bundles.ts';
import { defaultLifetimes, isValid, type Lifetimes } from './certificates/lifetimes.ts';
import { MountedCertificate } from './certificates/mounted.ts';
import { CertificateRotation } from './certificates/rotation.ts';
import type { CertificateSource, ServingCertificate } from './certificates/source.ts';
import { timeoutSeconds } from './configuration.ts';
import { ValidatingWebhookConfiguration } from './kinds.ts';
import { createWebhookMetrics } from './metrics.ts';
import { AdmissionServer } from './server.ts';
import { validatingWebhooks } from './webhooks.ts';

/** Milliseconds between looks at the Secret and the bundles, or at mounted files. */
const defaultInterval = 10_000;
/** Milliseconds; kube-proxy writes its rules anew at most once a second, and on a busy node later. */
const defaultDrain = 3000;
/** Less than what the API server waits, so that a slow rule costs its finding and not the whole answer. */
const reviewTimeout = (timeoutSeconds - 1) * 1000;

/** Certificates made here and kept in a Secret, or mounted by somebody else (cert-manager). */
export type CertificateChoice =
  | {
      readonly kind: 'own';
      /** name of the Secret in `namespace` that all replicas share */
      readonly secret: string;
      /** name of the ValidatingWebhookConfiguration whose `caBundle` is kept */
      readonly configuration: string;
      /** further DNS names and addresses the webhooks are called by, besides those of the Service */
      readonly hosts?: readonly string[];
      readonly lifetimes?: Lifetimes;
    }
  | { readonly kind: 'mounted' /** folder with `tls.crt` and `tls.key` */; readonly dir: string };

export interface WebhooksOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Logger;
  /** of the operator's metrics @see `Metrics.registry` */
  readonly registry: Registry;
  /** port 0 takes a free one */
  readonly listen: { readonly host?: string; readonly port: number };
  /** the operator's own namespace */
  readonly namespace: string;
  /** name of the Service before the webhooks */
  readonly service: string;
  readonly certificate: CertificateChoice;
  /** milliseconds (default 10 000) */
  readonly interval?: number;
  /**
   * milliseconds for which a stop goes on answering (default 3000): the Service leads to this replica until every node
   * has heard that it goes
   */
  readonly drain?: number;
}

export interface Webhooks {
  readonly name: 'webhooks';
  /**
   * Resolves once there is a certificate and the server listens.
   * @throws DKR_API_FORBIDDEN, DKR_CONFIG_INVALID in one line
   */
  start(): Promise<void>;
  /** Stops taking requests, after those that are being served and, unless in haste, those that still find their way here. */
  stop(haste?: boolean): Promise<void>;
  /** For `/readyz`: silent while a certificate is served that is valid. */
  readonly ready: HealthCheck;
  /** once started */
  readonly port: number | undefined;
}

export function createWebhooks(options: WebhooksOptions): Webhooks {
  return new AdmissionRole(options);
}

class AdmissionRole implements Webhooks {
  readonly name = 'webhooks';
  readonly ready: HealthCheck;
  readonly #options: WebhooksOptions;
  readonly #source: CertificateSource;
  readonly #server: AdmissionServer;
  readonly #onCertificate: (certificate: ServingCertificate) => void;
  readonly #stop = new AbortController();
  #serving: ServingCertificate | undefined;
  #port: number | undefined;

  constructor(options: WebhooksOptions) {
    const { client, clock, log, registry, listen } = options;
    this.#options = options;
    this.#source = sourceOf(options);
    const metrics = createWebhookMetrics(registry, 'dokkerr', validatingWebhooks);
    this.#server = new AdmissionServer({
      ...listen,
      client,
      clock,
      log,
      metrics,
      webhooks: validatingWebhooks,
      timeout: reviewTimeout,
      onUnchecked: ({ path }, rule) => metrics.unchecked(path, rule),
    });
    this.#onCertificate = (certificate) => {
      this.#serving = certificate;
      this.#server.use(certificate);
      metrics.serving(certificate.notAfter);
    };
    this.ready = { name: 'webhook-certificate', problem: () => this.#problem() };
  }

  get port(): number | undefined {
    return this.#port;
  }

  async start(): Promise<void> {
    await this.#source.start(this.#onCertificate, this.#stop.signal);
    if (this.#stop.signal.aborted) return;
    this.#port = await this.#server.listen();
    this.#options.log.info({ port: this.#port }, 'serving webhooks');
  }

  async stop(haste = false): Promise<void> {
    const { clock, drain = defaultDrain } = this.#options;
    if (this.#port !== undefined && !haste && drain > 0) {
      this.#server.leave();
      await pause(clock, drain);
    }
    this.#stop.abort();
    if (this.#port !== undefined) await this.#server.close();
  }

  #problem(): string | undefined {
    if (this.#serving === undefined || this.#port === undefined) return 'there is no certificate yet';
    const { notAfter } = this.#serving;
    return isValid(this.#serving, this.#options.clock.now())
      ? undefined
      : `the certificate is not valid now (until ${notAfter.toISOString()})`;
  }
}

function sourceOf(options: WebhooksOptions): CertificateSource {
  const { certificate, client, clock, log, namespace, service, interval = defaultInterval } = options;
  if (certificate.kind === 'mounted') return new MountedCertificate({ dir: certificate.dir, clock, log, interval });
  const configurations: ConfigurationReference[] = [
    { kind: ValidatingWebhookConfiguration, name: certificate.configuration },
  ];
  return new CertificateRotation({
    client,
    clock,
    log,
    interval,
    configurations,
    secret: { namespace, name: certificate.secret },
    hosts: [...serviceHosts(service, namespace), ...(certificate.hosts ?? [])],
    lifetimes: certificate.lifetimes ?? defaultLifetimes,
  });
}

/** The name API servers call a Service by, and the one people do. */
export function serviceHosts(service: string, namespace: string): string[] {
  return [`${service}.${namespace}.svc`, `${service}.${namespace}.svc.cluster.local`];
}
