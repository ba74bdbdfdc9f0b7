/** Everything the operator may do, by the kind of role that can grant it. The one source of static YAML and chart. */
import { clusterRules, mergeRules, namespacedRules } from '#runtime/controller/rbac.ts';
import type { PolicyRule } from '#runtime/controller/types.ts';
import { leaseRules } from '#runtime/manager/lease/permissions.ts';
import { namespaceReading } from '#runtime/manager/start-check.ts';
import {
  clusterPermissions,
  namespacePermissions,
  reviewPermissions,
  type PermissionOptions as WebhookNames,
} from '#webhooks/permissions.ts';
import { definitions } from '../definitions.ts';

export interface Permissions {
  /** on objects of the whole cluster: only a ClusterRole can grant these */
  readonly cluster: readonly PolicyRule[];
  /** in every namespace that is served: a ClusterRole, or a Role in each */
  readonly served: readonly PolicyRule[];
  /** besides, in each namespace named by `--namespaces` */
  readonly named: readonly PolicyRule[];
  /** in the operator's own namespace: a Role there */
  readonly own: readonly PolicyRule[];
}

export interface PermissionsOptions {
  /** name of the Lease, as `--lease-name` says */
  readonly lease: string;
  /** what `--webhook-secret` and `--webhook-configuration` say; absent when admission is not served */
  readonly webhooks?: WebhookNames | undefined;
}

export function permissions({ lease, webhooks }: PermissionsOptions): Permissions {
  const reviewing = webhooks === undefined ? [] : reviewPermissions;
  const isOfCluster = ({ resources }: PolicyRule) => resources.includes('storageclasses');
  return {
    cluster: mergeRules([
      ...clusterRules(definitions),
      namespaceReading,
      ...(webhooks === undefined ? [] : clusterPermissions(webhooks)),
      ...reviewing.filter(isOfCluster),
    ]),
    served: mergeRules([...namespacedRules(definitions), ...reviewing.filter((rule) => !isOfCluster(rule))]),
    named: [namespaceReading],
    own: mergeRules([
      ...leaseRules(lease),
      namespaceReading,
      ...(webhooks === undefined ? [] : namespacePermissions(webhooks)),
    ]),
  };
}
