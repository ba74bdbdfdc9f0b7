/**
 * Lists by how they merge under server-side apply
 * (https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy). Every list has an upper bound.
 */
import * as z from 'zod';

/** A list whose items are told apart by `keys`: two appliers may each own items, and transition rules see the old item. */
export function listByKey<T extends z.ZodType>(item: T, keys: readonly string[], max: number): z.ZodArray<T> {
  return z.array(item).max(max).meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys });
}

/** A list of distinct scalars whose order means nothing. */
export function setOf<T extends z.ZodType>(item: T, max: number): z.ZodArray<T> {
  return z.array(item).max(max).meta({ 'x-kubernetes-list-type': 'set' });
}

/** A list that has one owner as a whole, because its order matters or its items have no key. */
export function listOf<T extends z.ZodType>(item: T, max: number): z.ZodArray<T> {
  return z.array(item).max(max).meta({ 'x-kubernetes-list-type': 'atomic' });
}
