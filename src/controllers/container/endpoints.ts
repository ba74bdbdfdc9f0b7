/** Where a Container answers, the address most useful to a person first. */
import type { Container, ContainerEndpoint } from '#crds/container.ts';
import type { Service } from '#runtime/client/kinds.ts';

/** Pure: the addresses that follow from the spec and from what the cluster assigned to the Service. */
export function endpointsOf(container: Container, service: Service | undefined): ContainerEndpoint[] {
  if (service === undefined) return [];
  return [
    ...hostEndpoints(container),
    ...loadBalancerEndpoints(service),
    ...clusterEndpoints(service),
    ...nodePortEndpoints(service),
  ];
}

function hostEndpoints({ spec }: Container): ContainerEndpoint[] {
  const port = spec.ports[0];
  if (port === undefined) return [];
  const scheme = spec.network.tls === undefined ? 'http' : 'https';
  return spec.network.hostnames.map((host) => ({ type: 'Hostname', port: port.name, address: `${scheme}://${host}` }));
}

function loadBalancerEndpoints({ spec, status }: Service): ContainerEndpoint[] {
  const addresses = (status?.loadBalancer?.ingress ?? []).flatMap(({ hostname, ip }) => hostname ?? ip ?? []);
  return addresses.flatMap((host) =>
    (spec?.ports ?? []).map(({ name = '', port }) => ({
      type: 'LoadBalancer' as const,
      port: name,
      address: `${host}:${port}`,
    })),
  );
}

function clusterEndpoints({ metadata, spec }: Service): ContainerEndpoint[] {
  return (spec?.ports ?? []).map(({ name = '', port }) => ({
    type: 'ClusterIP',
    port: name,
    address: `${metadata.name}.${metadata.namespace ?? 'default'}.svc:${port}`,
  }));
}

function nodePortEndpoints({ spec }: Service): ContainerEndpoint[] {
  return (spec?.ports ?? []).flatMap(({ name = '', nodePort }) =>
    nodePort === undefined ? [] : [{ type: 'NodePort' as const, port: name, address: `<any node>:${nodePort}` }],
  );
}
