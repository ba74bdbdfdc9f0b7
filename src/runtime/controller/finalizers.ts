/** Holding an object back from deletion until its kind has done what it has to. */
import type { KubernetesObject } from '../client/types.ts';
import type { Definition, Pass, Reconciled } from './types.ts';

/** The object as it is then stored; undefined when it is being deleted and holds nothing of ours: the garbage collector's. */
export async function holdFinalizer<T extends Reconciled, S>(
  { kind, finalizer }: Definition<T, S>,
  { object, client }: Pass<T>,
): Promise<T | undefined> {
  const { deletionTimestamp, finalizers = [] } = object.metadata;
  const isHeld = finalizer !== undefined && finalizers.includes(finalizer.name);
  if (deletionTimestamp !== undefined) return isHeld ? object : undefined;
  if (finalizer === undefined || isHeld) return object;
  return client.patch(kind, object.metadata, finalizerPatch(object, [...finalizers, finalizer.name]));
}

/** Everything has been done: the object may go. */
export async function releaseFinalizer<T extends Reconciled, S>(
  { kind, finalizer }: Definition<T, S>,
  { object, client }: Pass<T>,
): Promise<void> {
  const { finalizers = [] } = object.metadata;
  const others = finalizers.filter((name) => name !== finalizer?.name);
  await client.patch(kind, object.metadata, finalizerPatch(object, others));
}

/** Guarded by the resource version, because a list in a merge patch replaces what others may have put there. */
function finalizerPatch({ metadata: { resourceVersion } }: KubernetesObject, finalizers: readonly string[]) {
  return { metadata: { finalizers, ...(resourceVersion === undefined ? {} : { resourceVersion }) } };
}
