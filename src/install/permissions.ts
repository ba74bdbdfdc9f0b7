/** Everything the operator may do, by the kind of role that can grant it. The one source of static YAML and chart. */
import { clusterRules, mergeRules, namespacedRules } from '#runtime/controller/rbac.ts';
import type { PolicyRule } from '#runtime/controller/types.ts';
import { leaseRules } from '#runtime/manager/lease/permissions.ts';
import { namespaceReading } from '#runtime/manager/start-check.ts';
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

/** @param lease name of the Lease, as `--lease-name` says */
export function permissions({ lease }: { readonly lease: string }): Permissions {
  return {
    cluster: mergeRules([...clusterRules(definitions), namespaceReading]),
    served: namespacedRules(definitions),
    named: [namespaceReading],
    own: mergeRules([...leaseRules(lease), namespaceReading]),
  };
}
