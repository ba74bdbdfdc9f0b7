/** How the outside reaches a Container by host name: an HTTPRoute where a gateway is named, else an Ingress. */
import type { Container } from '#crds/container.ts';
import { HTTPRoute, Ingress } from '#runtime/client/kinds.ts';
import { type Applied, apiVersionOf } from '#runtime/client/types.ts';
import { childMeta } from './labels.ts';

/** The HTTPRoute to the first port, or `undefined` where no gateway is asked for. */
export function buildHTTPRoute(container: Container): Applied<HTTPRoute> | undefined {
  const { gatewayRef, hostnames } = container.spec.network;
  const port = container.spec.ports[0]?.containerPort;
  if (gatewayRef === undefined || port === undefined) return undefined;
  return {
    apiVersion: apiVersionOf(HTTPRoute),
    kind: HTTPRoute.kind,
    metadata: childMeta(container),
    spec: {
      parentRefs: [gatewayRef],
      ...(hostnames.length === 0 ? {} : { hostnames: [...hostnames] }),
      rules: [{ backendRefs: [{ name: container.metadata.name, port }] }],
    },
  };
}

/** The Ingress for all host names, or `undefined` where none are given or a gateway serves them. */
export function buildIngress(container: Container): Applied<Ingress> | undefined {
  const { gatewayRef, ingressClassName, hostnames, tls } = container.spec.network;
  const port = container.spec.ports[0]?.name;
  if (gatewayRef !== undefined || hostnames.length === 0 || port === undefined) return undefined;
  const backend = { service: { name: container.metadata.name, port: { name: port } } };
  return {
    apiVersion: apiVersionOf(Ingress),
    kind: Ingress.kind,
    metadata: childMeta(container),
    spec: {
      ...(ingressClassName === undefined ? {} : { ingressClassName }),
      rules: hostnames.map((host) => ({ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } })),
      ...(tls === undefined ? {} : { tls: [{ hosts: [...hostnames], secretName: tls.secretName }] }),
    },
  };
}
