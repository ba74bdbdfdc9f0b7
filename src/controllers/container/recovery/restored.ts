/** Which of the children that a pass made had been there before: somebody deleted them. Pure. */
import type { Container, ContainerConditionType, RestoredChildren } from '#crds/container.ts';
import type { KubernetesObject } from '#runtime/client/types.ts';
import { findCondition, rfc3339 } from '#runtime/controller/conditions.ts';

/** The condition that says of a kind that its children are there. */
const shownBy: Readonly<Record<string, ContainerConditionType>> = {
  Service: 'NetworkConfigured',
  NetworkPolicy: 'NetworkConfigured',
  PodDisruptionBudget: 'NetworkConfigured',
  Ingress: 'NetworkConfigured',
  HTTPRoute: 'NetworkConfigured',
};

/** Those of `made` that the status stored last, being of this spec, shows to have existed. */
export function restoredOf(container: Container, made: readonly KubernetesObject[]): readonly KubernetesObject[] {
  const { metadata, status } = container;
  return status?.observedGeneration === metadata.generation ? made.filter((child) => wasThere(container, child)) : [];
}

/** `status.restored` with those of this pass counted. */
export function countRestored(
  container: Container,
  made: readonly KubernetesObject[],
  now: Date,
): RestoredChildren | undefined {
  const before = container.status?.restored;
  const restored = restoredOf(container, made);
  const last = restored.at(-1);
  if (last === undefined) return before;
  return {
    count: (before?.count ?? 0) + restored.length,
    last: `${last.kind} ${last.metadata.name}`,
    at: rfc3339(now),
  };
}

function wasThere({ status }: Container, { kind, metadata }: KubernetesObject): boolean {
  if (kind === 'PersistentVolumeClaim') {
    return status?.volumes?.some(({ claim, phase }) => claim === metadata.name && phase !== 'Missing') === true;
  }
  const condition = shownBy[kind];
  if (condition !== undefined) return findCondition(status?.conditions, condition)?.status === 'True';
  // A workload: one that gives way to another of its name was deleted by the operator itself.
  const isReplaced = findCondition(status?.conditions, 'Ready')?.reason === 'ReplacingStatefulSet';
  return status?.currentRevision !== undefined && !isReplaced;
}
