/**
 * What has API servers ask the operator, and judge by themselves, before an object is stored: Service, webhook
 * configuration, policies. Pure.
 */
import { Service } from '#runtime/client/kinds.ts';
import { type Applied, apiVersionOf, type KubernetesObject } from '#runtime/client/types.ts';
import { buildWebhookConfiguration } from '#webhooks/configuration.ts';
import type { WebhookConfiguration } from '#webhooks/kinds.ts';
import type { PermissionOptions } from '#webhooks/permissions.ts';
import { buildPolicies } from '#webhooks/policies.ts';
import { validatingWebhooks } from '#webhooks/webhooks.ts';
import { commonLabels, type Placement, selectorLabels } from './placement.ts';

/** Where the pods serve admission. */
export const webhookPort = 9443;

export function webhookServiceName({ name }: Pick<Placement, 'name'>): string {
  return `${name}-webhook`;
}

/** What the operator keeps: its certificates, and the `caBundle` by which API servers know them. */
export function webhookNames({ name }: Pick<Placement, 'name'>): Required<PermissionOptions> {
  return { secret: `${name}-webhook-certificate`, configuration: name };
}

export function webhookService(placement: Placement): Applied<Service> {
  return {
    apiVersion: apiVersionOf(Service),
    kind: Service.kind,
    metadata: {
      name: webhookServiceName(placement),
      namespace: placement.namespace,
      labels: commonLabels(placement),
    },
    spec: {
      type: 'ClusterIP',
      ports: [{ name: 'webhook', port: 443, targetPort: 'webhook' }],
      selector: selectorLabels(placement),
    },
  };
}

export function webhookConfiguration(placement: Placement): Applied<WebhookConfiguration> {
  return buildWebhookConfiguration({
    name: webhookNames(placement).configuration,
    namespace: placement.namespace,
    endpoint: { service: webhookServiceName(placement) },
    webhooks: validatingWebhooks,
    labels: commonLabels(placement),
  });
}

/** Each policy with what makes it apply. */
export function admissionPolicies(placement: Placement): Applied<KubernetesObject>[] {
  const { name, namespace } = placement;
  const bound = buildPolicies({
    name,
    operators: [`system:serviceaccount:${namespace}:${name}`],
    labels: commonLabels(placement),
  });
  return bound.flatMap(({ policy, binding }) => [policy, binding]);
}
