/**
 * Stopping a Container for a while without touching its spec, which GitOps would put back: an annotation that names who
 * asked. Whoever set it takes it away; the Container keeps everything but its pods.
 */
import type { Container } from '#crds/container.ts';

/** Value: `<Kind>/<name>` of the object that asked. */
export const stopAnnotation = 'dokkerr.io/stopped-for';

/** Who asked for the Container to be stopped; undefined when nobody has. */
export function stoppedFor({ metadata }: Pick<Container, 'metadata'>): string | undefined {
  return metadata.annotations?.[stopAnnotation];
}

/** How many pods are wanted now. */
export function wantedReplicas(container: Container): number {
  return container.spec.suspend || stoppedFor(container) !== undefined ? 0 : container.spec.replicas;
}
