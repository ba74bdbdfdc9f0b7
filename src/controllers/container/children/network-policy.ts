/** Who may talk to a Container and whom it may talk to; no policy at all unless the spec restricts something. */
import type { Container, NetworkPeer } from '#crds/container.ts';
import { NetworkPolicy } from '#runtime/client/kinds.ts';
import { type Applied, apiVersionOf } from '#runtime/client/types.ts';
import { childMeta, selectorLabels } from './labels.ts';

/** Names must resolve however strictly a Container is isolated, so DNS to anywhere stays open. */
const dns = {
  ports: [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ],
};

/**
 * `isolate` closes both directions but for what `allowFrom` and `allowTo` open; without it only the direction that has
 * an allow list is restricted.
 */
export function buildNetworkPolicy(container: Container): Applied<NetworkPolicy> | undefined {
  const { isolate, allowFrom, allowTo } = container.spec.network;
  const ingress = isolate || allowFrom.length > 0;
  const egress = isolate || allowTo.length > 0;
  if (!ingress && !egress) return undefined;
  return {
    apiVersion: apiVersionOf(NetworkPolicy),
    kind: NetworkPolicy.kind,
    metadata: childMeta(container),
    spec: {
      podSelector: { matchLabels: selectorLabels(container) },
      policyTypes: [...(ingress ? ['Ingress'] : []), ...(egress ? ['Egress'] : [])],
      ...(ingress ? { ingress: allowFrom.map((peer) => ({ from: [peerOf(peer)], ...portsOf(peer) })) } : {}),
      ...(egress ? { egress: [dns, ...allowTo.map((peer) => ({ to: [peerOf(peer)], ...portsOf(peer) }))] } : {}),
    },
  };
}

function peerOf({ podSelector, namespaceSelector, ipBlock }: NetworkPeer) {
  return {
    ...(podSelector === undefined ? {} : { podSelector }),
    ...(namespaceSelector === undefined ? {} : { namespaceSelector }),
    ...(ipBlock === undefined ? {} : { ipBlock }),
  };
}

function portsOf({ ports }: NetworkPeer) {
  return ports === undefined || ports.length === 0 ? {} : { ports };
}
