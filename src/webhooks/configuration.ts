/**
 * The ValidatingWebhookConfiguration, made so that a webhook which is away stops nobody: only kinds of our own group, never
 * in the operator's own namespace, at most five seconds, and ignored when it fails (docs/adr/0006-webhooks-refuse-little.md).
 */
import { type Applied, apiVersionOf } from '#runtime/client/types.ts';
import { ValidatingWebhookConfiguration, type WebhookClientConfig, type WebhookConfiguration } from './kinds.ts';
import type { ValidatingWebhook } from './types.ts';

/** Seconds an API server waits for an answer. */
export const timeoutSeconds = 5;

export interface ConfigurationOptions {
  /** of the configuration; unique in the cluster */
  readonly name: string;
  /** the operator's own: nothing in it is reviewed */
  readonly namespace: string;
  /** the Service before the webhooks, or where they are reached without one */
  readonly endpoint: { readonly service: string; readonly port?: number } | { readonly url: string };
  readonly webhooks: readonly ValidatingWebhook[];
  /** default Ignore: the controller checks the same and says so in the status */
  readonly failurePolicy?: 'Ignore' | 'Fail';
  readonly labels?: Readonly<Record<string, string>>;
}

/** Without `caBundle`: that is the operator's to keep, so that applying this again does not empty it. */
export function buildWebhookConfiguration(options: ConfigurationOptions): Applied<WebhookConfiguration> {
  const { name, namespace, webhooks, failurePolicy = 'Ignore', labels } = options;
  return {
    apiVersion: apiVersionOf(ValidatingWebhookConfiguration),
    kind: ValidatingWebhookConfiguration.kind,
    metadata: { name, ...(labels === undefined ? {} : { labels: { ...labels } }) },
    webhooks: webhooks.map((webhook) => ({
      name: webhook.name,
      clientConfig: clientConfig(options, webhook.path),
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      failurePolicy,
      matchPolicy: 'Equivalent',
      timeoutSeconds,
      rules: [
        {
          apiGroups: [webhook.kind.group],
          apiVersions: [webhook.kind.version],
          resources: [webhook.kind.plural],
          operations: [...webhook.operations],
          scope: webhook.kind.namespaced ? 'Namespaced' : 'Cluster',
        },
      ],
      namespaceSelector: {
        // A label every namespace has, set by the API server.
        matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [namespace] }],
      },
      matchConditions: webhook.matchConditions.map((condition) => ({ ...condition })),
    })),
  };
}

function clientConfig({ endpoint, namespace }: ConfigurationOptions, path: string): WebhookClientConfig {
  if ('url' in endpoint) return { url: `${endpoint.url}${path}` };
  return { service: { namespace, name: endpoint.service, path, port: endpoint.port ?? 443 } };
}
