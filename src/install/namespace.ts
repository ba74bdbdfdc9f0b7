/** The operator's own namespace, in which the API server refuses any pod that asks for more than the operator needs. */
import { Namespace } from '#runtime/client/kinds.ts';
import { type Applied, apiVersionOf } from '#runtime/client/types.ts';
import { commonLabels, type Placement } from './placement.ts';

export function ownNamespace(placement: Placement): Applied<Namespace> {
  const enforce = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  const metadata = { name: placement.namespace, labels: { ...commonLabels(placement), ...enforce } };
  return { apiVersion: apiVersionOf(Namespace), kind: Namespace.kind, metadata };
}
