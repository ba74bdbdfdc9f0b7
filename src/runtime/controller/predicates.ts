/** Which changes are worth a pass. Pure. */
import type { KubernetesObject } from '../client/types.ts';
import { sameJson } from '../merge-patch.ts';

/**
 * Anything of an object but its status: its spec (seen by the generation), its deletion, its labels, annotations,
 * finalizers and owners. Our own status writes are none of these, so they do not wake us.
 */
export function changedBesidesStatus(old: KubernetesObject, now: KubernetesObject): boolean {
  const before = old.metadata;
  const after = now.metadata;
  return (
    before.uid !== after.uid ||
    before.generation !== after.generation ||
    before.deletionTimestamp !== after.deletionTimestamp ||
    !sameJson(before.labels ?? {}, after.labels ?? {}) ||
    !sameJson(before.annotations ?? {}, after.annotations ?? {}) ||
    !sameJson(before.finalizers ?? [], after.finalizers ?? []) ||
    !sameJson(before.ownerReferences ?? [], after.ownerReferences ?? [])
  );
}

/** A relist replays what it already knew; only another resource version is news. */
export function isNews(old: KubernetesObject, now: KubernetesObject): boolean {
  return now.metadata.resourceVersion === undefined || old.metadata.resourceVersion !== now.metadata.resourceVersion;
}
