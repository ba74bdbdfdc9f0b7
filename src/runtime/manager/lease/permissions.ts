/** What an election may do, as RBAC rules for a Role in the namespace of the Lease. */
import type { PolicyRule } from '../../controller/types.ts';

/** RBAC cannot limit `create` to a name; the events are about the Lease, so they lie beside it. */
export function leaseRules(lease: string): PolicyRule[] {
  return [
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create'] },
    {
      apiGroups: ['coordination.k8s.io'],
      resources: ['leases'],
      verbs: ['get', 'list', 'watch', 'update'],
      resourceNames: [lease],
    },
    { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
  ];
}
