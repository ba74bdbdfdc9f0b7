/** Names and labels shared by everything a Container owns; the selector is one label, so that it never has to change. */
import { containerLabel } from '#contracts/container/claims.ts';
import type { Container } from '#crds/container.ts';

/** Selects the pods of one Container; immutable in workloads, so it holds the name alone. */
export function selectorLabels(container: Container): Record<string, string> {
  return { [containerLabel]: container.metadata.name };
}

/** Labels of every child, the common ones first (https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/). */
export function childLabels(container: Container): Record<string, string> {
  return { 'app.kubernetes.io/name': container.metadata.name, ...selectorLabels(container) };
}

/** What every child's metadata starts from. */
export function childMeta(container: Container, name: string = container.metadata.name) {
  const { namespace } = container.metadata;
  return { name, ...(namespace === undefined ? {} : { namespace }), labels: childLabels(container) };
}
