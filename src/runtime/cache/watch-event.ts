/** One line of a watch as a value, or the reason why it is none. */
import type { Status } from '../client/status-error.ts';
import type { KubernetesObject } from '../client/types.ts';

/** What every object of a kind is given, as one string each for all of them. */
export interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
}

export type WatchEvent<T> =
  | { readonly type: 'put'; readonly object: T }
  | { readonly type: 'deleted'; readonly object: T }
  /** everything up to `resourceVersion` was sent; `listComplete` ends the initial events of a WatchList */
  | { readonly type: 'bookmark'; readonly resourceVersion: string; readonly listComplete: boolean }
  | { readonly type: 'error'; readonly status: Status }
  | { readonly type: 'malformed' };

/** Marks the bookmark behind the last initial event (KEP-3157). */
const listCompleteAnnotation = 'k8s.io/initial-events-end';
const malformed = { type: 'malformed' } as const;

interface Wire {
  type?: string;
  object?: Partial<KubernetesObject> & Status;
}

/** Reads a line; never throws. */
export function readWatchEvent<T extends KubernetesObject>(line: string, identity: Identity): WatchEvent<T> {
  let wire: Wire | null;
  try {
    wire = JSON.parse(line) as Wire | null;
  } catch {
    // Counted by the caller; the text may hold a Secret, so it goes nowhere.
    return malformed;
  }
  const object = wire?.object;
  if (typeof object !== 'object' || object === null) return malformed;
  switch (wire?.type ?? '') {
    case 'ADDED':
    case 'MODIFIED':
      return isStorable<T>(object) ? { type: 'put', object: trimmed(object, identity) } : malformed;
    case 'DELETED':
      return isStorable<T>(object) ? { type: 'deleted', object: trimmed(object, identity) } : malformed;
    case 'BOOKMARK': {
      const resourceVersion = object.metadata?.resourceVersion;
      if (typeof resourceVersion !== 'string') return malformed;
      const listComplete = object.metadata?.annotations?.[listCompleteAnnotation] === 'true';
      return { type: 'bookmark', resourceVersion, listComplete };
    }
    case 'ERROR':
      return { type: 'error', status: object };
    default:
      return malformed;
  }
}

/** Whether it has what a cache cannot do without. */
export function isStorable<T extends KubernetesObject>(object: unknown): object is T {
  if (typeof object !== 'object' || object === null) return false;
  const metadata = (object as Partial<KubernetesObject>).metadata;
  return (
    typeof metadata === 'object' &&
    metadata !== null &&
    typeof metadata.name === 'string' &&
    typeof metadata.resourceVersion === 'string'
  );
}

/**
 * Without `managedFields` (a third of an object's memory, read by nobody) and with the kind's own identity, which a
 * metadata-only watch and the items of a list lack. Set, not deleted: a deletion would turn it into a slow dictionary.
 */
export function trimmed<T extends KubernetesObject>(object: T, identity: Identity): T {
  object.apiVersion = identity.apiVersion;
  object.kind = identity.kind;
  const metadata: { managedFields?: unknown } = object.metadata;
  if (metadata.managedFields !== undefined) metadata.managedFields = undefined;
  return object;
}
