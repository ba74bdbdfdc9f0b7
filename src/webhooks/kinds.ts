/** The kinds of admissionregistration.k8s.io/v1, as far as they are read and built here. */
import type { Kind, KubernetesObject } from '#runtime/client/types.ts';

/** A CEL condition: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-matchconditions */
export interface MatchCondition {
  name: string;
  expression: string;
}

export interface LabelRequirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  values?: string[];
}

export interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: LabelRequirement[];
}

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

export interface ResourceRule {
  apiGroups: string[];
  apiVersions: string[];
  resources: string[];
  operations: Operation[];
  scope?: 'Namespaced' | 'Cluster' | '*';
}

/** How the API server reaches a webhook. `caBundle` is base64 of PEM. */
export interface WebhookClientConfig {
  service?: { namespace: string; name: string; path?: string; port?: number };
  url?: string;
  caBundle?: string;
}

export interface WebhookEntry {
  name: string;
  clientConfig: WebhookClientConfig;
  admissionReviewVersions: string[];
  sideEffects: 'None' | 'NoneOnDryRun';
  rules?: ResourceRule[];
  failurePolicy?: 'Fail' | 'Ignore';
  matchPolicy?: 'Equivalent' | 'Exact';
  timeoutSeconds?: number;
  namespaceSelector?: Selector;
  objectSelector?: Selector;
  matchConditions?: MatchCondition[];
}

export interface WebhookConfiguration extends KubernetesObject {
  webhooks?: WebhookEntry[];
}

const define = <T extends KubernetesObject>(kind: string, plural: string): Kind<T> => ({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind,
  plural,
  namespaced: false,
});

export const ValidatingWebhookConfiguration = define<WebhookConfiguration>(
  'ValidatingWebhookConfiguration',
  'validatingwebhookconfigurations',
);
export const MutatingWebhookConfiguration = define<WebhookConfiguration>(
  'MutatingWebhookConfiguration',
  'mutatingwebhookconfigurations',
);

export interface ValidatingAdmissionPolicy extends KubernetesObject {
  spec: {
    failurePolicy: 'Fail' | 'Ignore';
    matchConstraints: {
      resourceRules: ResourceRule[];
      matchPolicy?: 'Equivalent' | 'Exact';
      namespaceSelector?: Selector;
      objectSelector?: Selector;
    };
    matchConditions?: MatchCondition[];
    variables?: { name: string; expression: string }[];
    validations: { expression: string; message?: string; messageExpression?: string; reason?: string }[];
  };
}
export const ValidatingAdmissionPolicy = define<ValidatingAdmissionPolicy>(
  'ValidatingAdmissionPolicy',
  'validatingadmissionpolicies',
);

export interface ValidatingAdmissionPolicyBinding extends KubernetesObject {
  spec: { policyName: string; validationActions: ('Deny' | 'Warn' | 'Audit')[] };
}
export const ValidatingAdmissionPolicyBinding = define<ValidatingAdmissionPolicyBinding>(
  'ValidatingAdmissionPolicyBinding',
  'validatingadmissionpolicybindings',
);
