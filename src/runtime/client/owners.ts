/** Whose an object is, by its owner references. Pure. */
import type { KubernetesObject } from './types.ts';

/** The one owner that controls it, if it has one. */
export function controllerOf({ metadata }: KubernetesObject) {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** Whether that very object is among its owners, and not merely one of its name. */
export function isOwnedBy({ metadata }: KubernetesObject, owner: KubernetesObject): boolean {
  return metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid) === true;
}
