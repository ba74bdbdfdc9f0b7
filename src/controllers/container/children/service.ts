/** The Service in front of a Container's pods; none when there is no port to serve or the spec says `None`. */
import type { Container } from '#crds/container.ts';
import { Service } from '#runtime/client/kinds.ts';
import { type Applied, apiVersionOf } from '#runtime/client/types.ts';
import { childMeta, selectorLabels } from './labels.ts';

/** The Service as declared, or `undefined` where none is wanted. */
export function buildService(container: Container): Applied<Service> | undefined {
  const { ports, network } = container.spec;
  const type = network.service;
  if (type === 'None' || ports.length === 0) return undefined;
  return {
    apiVersion: apiVersionOf(Service),
    kind: Service.kind,
    metadata: childMeta(container),
    spec: {
      type,
      selector: selectorLabels(container),
      ports: ports.map(({ name, containerPort, protocol }) => ({
        name,
        port: containerPort,
        targetPort: name,
        protocol,
      })),
    },
  };
}
