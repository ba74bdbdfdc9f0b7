/** Which Containers a change of something else concerns. */

import { containerLabel } from '#contracts/container/claims.ts';
import { Container } from '#crds/container.ts';
import type { Cache, Change } from '#runtime/cache/types.ts';
import { type Node, Pod } from '#runtime/client/kinds.ts';
import type { KubernetesObject, ObjectKey } from '#runtime/client/types.ts';
import { nodeState } from './recovery/node-state.ts';
import { labelledPods } from './scope.ts';

/** The Container that a pod or claim is labelled with. */
export function labelledContainer({ object }: Change<KubernetesObject>): ObjectKey[] {
  const name = object.metadata.labels?.[containerLabel];
  const { namespace } = object.metadata;
  return name === undefined || namespace === undefined ? [] : [{ namespace, name }];
}

/** Those of the namespace that lack something; a change of quota or limits may have made room for them. */
export function blockedInNamespace({ object }: Change<KubernetesObject>, cache: Cache): ObjectKey[] {
  return blocked(cache, object.metadata.namespace);
}

/** Those of the whole cluster that lack something. What was there when we started is no change. */
export function blockedOnCluster({ initial }: Change<KubernetesObject>, cache: Cache): ObjectKey[] {
  return initial ? [] : blocked(cache);
}

/** Those that lack something, and those with pods on a node that fell silent, answers again, or went. */
export function concernedByNode(change: Change<Node>, cache: Cache): ObjectKey[] {
  return [...blockedOnCluster(change, cache), ...(changesState(change) ? withPodsOn(change.object, cache) : [])];
}

function changesState(change: Change<Node>): boolean {
  if (change.type !== 'updated') return change.type === 'deleted';
  return nodeState(change.old) !== nodeState(change.object);
}

function withPodsOn({ metadata }: Node, cache: Cache): ObjectKey[] {
  const pods = cache.informer<Pod>(Pod, labelledPods).list();
  return pods.flatMap((object) =>
    object.spec.nodeName === metadata.name ? labelledContainer({ type: 'added', object, initial: false }) : [],
  );
}

function blocked(cache: Cache, namespace?: string): ObjectKey[] {
  return cache
    .informer(Container)
    .list(namespace)
    .filter(({ status }) =>
      status?.conditions?.some(({ type, status: value }) => type === 'ResourcesAvailable' && value === 'False'),
    )
    .map(({ metadata }) => ({
      name: metadata.name,
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    }));
}
