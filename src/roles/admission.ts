/** The part of a process that serves admission, and what it must be permitted for that, from its configuration. */
import type { Logger } from 'pino';
import type { ClusterConnection } from '#runtime/client/connect.ts';
import { systemClock } from '#runtime/clock.ts';
import type { NeededGrant } from '#runtime/manager/start-check.ts';
import type { Metrics } from '#runtime/metrics/metrics.ts';
import { clusterPermissions, namespacePermissions, type PermissionOptions } from '#webhooks/permissions.ts';
import { createWebhooks, type Webhooks } from '#webhooks/role.ts';
import type { WebhookConfig } from '../config.ts';

export type AdmissionConfig = Pick<
  WebhookConfig,
  'webhookListen' | 'webhookService' | 'webhookSecret' | 'webhookConfiguration' | 'webhookCertDir' | 'stopTimeout'
>;

/** Milliseconds of a stop in which reviews are still answered, and the share of a short stop that may go to it. */
const drain = { most: 3000, share: 0.25 };

export interface AdmissionParts {
  /** of its own: behind the requests of busy controllers, those of a review would wait longer than an API server does */
  readonly connection: ClusterConnection;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Every replica serves, whoever leads: reviews write nothing. */
export function admission(config: AdmissionConfig, { connection, log, metrics }: AdmissionParts): Webhooks {
  const { webhookListen, webhookService, webhookSecret, webhookConfiguration, webhookCertDir, stopTimeout } = config;
  const { host, port } = webhookListen;
  return createWebhooks({
    client: connection.client,
    clock: systemClock,
    log,
    namespace: ownNamespace(connection),
    registry: metrics.registry,
    listen: host === '' ? { port } : { host, port },
    service: webhookService,
    drain: Math.min(drain.most, stopTimeout * drain.share),
    certificate:
      webhookCertDir === undefined
        ? { kind: 'own', secret: webhookSecret, configuration: webhookConfiguration }
        : { kind: 'mounted', dir: webhookCertDir },
  });
}

/** What keeping the certificates takes. What the reviews read, a rule can do without: it says so in a warning. */
export function admissionGrants(config: AdmissionConfig, connection: ClusterConnection): NeededGrant[] {
  const { webhookSecret, webhookConfiguration, webhookCertDir } = config;
  const names: PermissionOptions = {
    configuration: webhookConfiguration,
    ...(webhookCertDir === undefined ? { secret: webhookSecret } : {}),
  };
  const rules = [...namespacePermissions(names), ...clusterPermissions(names)];
  return rules.length === 0 ? [] : [{ namespace: ownNamespace(connection), rules }];
}

/** Of the pod; elsewhere that of the kubeconfig's context. */
export function ownNamespace({ namespace = 'default' }: Pick<ClusterConnection, 'namespace'>): string {
  return namespace;
}
