/** Which runs a change of something else concerns: those that have not ended may have waited for it. */
import type { Cache, Change } from '#runtime/cache/types.ts';
import type { Kind, KubernetesObject, ObjectKey } from '#runtime/client/types.ts';
import type { RunObject } from '#runtime/controller/types.ts';

/** For `watched(…)`: the runs of that kind in the namespace of what changed. */
export function waitingRuns<T extends RunObject>(kind: Kind<T>) {
  return ({ object }: Change<KubernetesObject>, cache: Cache): ObjectKey[] => {
    const { namespace } = object.metadata;
    if (namespace === undefined) return [];
    return cache
      .informer(kind)
      .list(namespace)
      .filter(({ status }) => status?.outcome === undefined)
      .map(({ metadata: { name } }) => ({ namespace, name }));
  };
}
