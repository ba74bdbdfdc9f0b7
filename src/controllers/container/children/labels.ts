/** Names and labels shared by everything a Container owns; the selector is one label, so that it never has to change. */
import type { Container } from '#crds/container.ts';

/** Which Container a child, pod or claim belongs to. */
export const containerLabel = 'dokkerr.io/container';

/** Which of the Container's volumes a claim holds. */
export const volumeLabel = 'dokkerr.io/volume';

/** Selects the pods of one Container; immutable in workloads, so it holds the name alone. */
export function selectorLabels(container: Container): Record<string, string> {
  return { [containerLabel]: container.metadata.name };
}

/** Labels of every child, the common ones first (https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/). */
export function childLabels(container: Container): Record<string, string> {
  return { 'app.kubernetes.io/name': container.metadata.name, ...selectorLabels(container) };
}

/** The claim of one replica's volume, as a StatefulSet names it: `<volume>-<container>-<ordinal>`. */
export function claimName(container: Container, volume: string, ordinal: number): string {
  return `${volume}-${container.metadata.name}-${ordinal}`;
}

/** What every child's metadata starts from. */
export function childMeta(container: Container, name: string = container.metadata.name) {
  const { namespace } = container.metadata;
  return { name, ...(namespace === undefined ? {} : { namespace }), labels: childLabels(container) };
}
