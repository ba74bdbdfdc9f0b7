/** Keeps voluntary evictions (drains, upgrades) from taking too many pods of a Container at once. */
import type { Container } from '#crds/container.ts';
import { PodDisruptionBudget } from '#runtime/client/kinds.ts';
import { type Applied, apiVersionOf } from '#runtime/client/types.ts';
import { childMeta, selectorLabels } from './labels.ts';

/**
 * The budget asked for, else one pod at a time where there are several. A single pod gets none unless asked: a budget
 * over one pod would block every node drain. Pods that are not ready may always be evicted, or a broken one would too.
 */
export function buildPodDisruptionBudget(container: Container): Applied<PodDisruptionBudget> | undefined {
  const { disruption, replicas, suspend } = container.spec;
  const minAvailable = disruption?.minAvailable;
  if (suspend === true || (minAvailable === undefined && replicas < 2)) return undefined;
  return {
    apiVersion: apiVersionOf(PodDisruptionBudget),
    kind: PodDisruptionBudget.kind,
    metadata: childMeta(container),
    spec: {
      selector: { matchLabels: selectorLabels(container) },
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      ...(minAvailable === undefined ? { maxUnavailable: 1 } : { minAvailable }),
    },
  };
}
