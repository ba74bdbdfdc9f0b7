/** Whether and how a controller process serves admission too, from its configuration. */
import type { Logger } from 'pino';
import type { Client } from '#runtime/client/types.ts';
import type { Clock } from '#runtime/clock.ts';
import type { Metrics } from '#runtime/metrics/metrics.ts';
import { createWebhooks, type Webhooks } from '#webhooks/role.ts';
import type { ControllerConfig } from '../config.ts';

export interface WebhookParts {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** the operator's own */
  readonly namespace: string;
}

/** Every replica serves, whoever leads: reviews write nothing. Undefined without `--webhook-listen`. */
export function webhooksOf(config: ControllerConfig, parts: WebhookParts): Webhooks | undefined {
  const { webhookListen, webhookService, webhookSecret, webhookConfiguration, webhookCertDir } = config;
  if (webhookListen === undefined) return undefined;
  const { host, port } = webhookListen;
  const { metrics, ...rest } = parts;
  return createWebhooks({
    ...rest,
    registry: metrics.registry,
    listen: host === '' ? { port } : { host, port },
    service: webhookService,
    certificate:
      webhookCertDir === undefined
        ? { kind: 'own', secret: webhookSecret, configuration: webhookConfiguration }
        : { kind: 'mounted', dir: webhookCertDir },
  });
}
