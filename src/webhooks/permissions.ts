/** What the webhooks may do, as RBAC rules: the least, by name wherever RBAC knows names. */
import type { PolicyRule } from '#runtime/controller/types.ts';

export interface PermissionOptions {
  /** name of the Secret with the certificates; none when they are mounted */
  readonly secret?: string;
  /** name of the ValidatingWebhookConfiguration */
  readonly configuration: string;
}

/** For a Role in the operator's own namespace: the Secret. RBAC cannot limit `create` to a name. */
export function namespacePermissions({ secret }: PermissionOptions): PolicyRule[] {
  if (secret === undefined) return [];
  return [
    { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
    { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'update'], resourceNames: [secret] },
  ];
}

/** For a ClusterRole: the bundles of the one configuration, unless somebody else keeps them. */
export function clusterPermissions({ secret, configuration }: PermissionOptions): PolicyRule[] {
  if (secret === undefined) return [];
  return [
    {
      apiGroups: ['admissionregistration.k8s.io'],
      resources: ['validatingwebhookconfigurations'],
      verbs: ['get', 'patch'],
      resourceNames: [configuration],
    },
  ];
}

/** What the rules read; in namespaced mode, for a Role in each namespace but for the StorageClasses. */
export const reviewPermissions: readonly PolicyRule[] = [
  { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: ['get', 'list'] },
  { apiGroups: [''], resources: ['pods', 'resourcequotas'], verbs: ['list'] },
  { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: ['get'] },
];
