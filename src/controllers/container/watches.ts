/** Which Containers a change of something else concerns. */

import { containerLabel } from '#contracts/container/claims.ts';
import { Container } from '#crds/container.ts';
import type { Cache, Change } from '#runtime/cache/types.ts';
import type { Node } from '#runtime/client/kinds.ts';
import type { KubernetesObject, ObjectKey } from '#runtime/client/types.ts';

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

/** How nodes are cached; whoever reads them asks for the same. */
export const slimNodes = { transform: slimNode };

/** A node reports its health every few seconds; what a fit depends on hardly ever changes. */
function slimNode({ apiVersion, kind, metadata, spec, status }: Node): Node {
  const { name, uid, resourceVersion, labels } = metadata;
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(labels === undefined ? {} : { labels }),
    },
    spec: spec.unschedulable === undefined ? {} : { unschedulable: spec.unschedulable },
    ...(status?.allocatable === undefined ? {} : { status: { allocatable: status.allocatable } }),
  };
}
