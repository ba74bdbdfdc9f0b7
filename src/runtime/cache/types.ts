/** The cache's contract: one shared, indexed, read-only copy of each kind (and selector) that somebody watches. */
import type { Kind, KubernetesObject, ObjectKey } from '../client/types.ts';

/** One change, in the order the API server made them. `initial` marks what a first list or a relist replayed. */
export type Change<T> =
  | { readonly type: 'added'; readonly object: T; readonly initial: boolean }
  | { readonly type: 'updated'; readonly object: T; readonly old: T; readonly initial: boolean }
  /** `object` is the last state known; a deletion missed while disconnected arrives as one too, never silently. */
  | { readonly type: 'deleted'; readonly object: T; readonly initial: boolean };

/** Values under which an object can be found again; kept on every write. */
export type Indexer<T> = (object: T) => readonly string[];

export interface InformerOptions<T extends KubernetesObject> {
  /** one watch a namespace; none when empty; the cache's own when absent, which by default are all in one watch */
  namespaces?: readonly string[];
  labelSelector?: string;
  fieldSelector?: string;
  /** ask for `PartialObjectMetadata` only: for kinds of which names and labels suffice */
  metadataOnly?: boolean;
  /** drops what nobody reads, before it is stored; `metadata.managedFields` is dropped always */
  transform?: (object: T) => T;
  indexes?: Readonly<Record<string, Indexer<T>>>;
}

/** Objects are frozen by convention: shared with every reader, so never changed by one. */
export interface Informer<T extends KubernetesObject> {
  readonly kind: Kind<T>;
  get(key: ObjectKey | string): T | undefined;
  list(namespace?: string): readonly T[];
  /** @throws when `index` was not declared: that is a programming error */
  by(index: string, value: string): readonly T[];
  readonly size: number;
  /** true once the first list was stored; stays true */
  readonly hasSynced: boolean;
  /** Resolves at the first sync; rejects only when `signal` aborts. */
  synced(signal?: AbortSignal): Promise<void>;
  /** Called synchronously in order; must not throw and must not await. Replays what is there as `initial`. */
  subscribe(handler: (change: Change<T>) => void): () => void;
  /**
   * Resolves true as soon as the watch has passed `resourceVersion`, false after `capMs`
   * (resource versions of one kind are comparable integers since Kubernetes 1.35, KEP-5504).
   * With `namespaces`, name the one that was written to: the watches of the others may not move for a minute.
   */
  reached(resourceVersion: string, capMs: number, namespace?: string): Promise<boolean>;
}

/** Told of what the cache lives through, for metrics; every call returns at once. */
export interface CacheObserver {
  /** somebody wants the kind watched */
  watched(kind: string): void;
  /** a watch ended and is started anew; `cause` is one of a fixed few words */
  restarted(kind: string, cause: string): void;
  /** an object or line that makes no sense was skipped */
  malformed(kind: string): void;
  changed(kind: string, type: Change<unknown>['type']): void;
}

/** One informer as metrics and health checks see it. */
export interface InformerStatus {
  readonly kind: string;
  readonly objects: number;
  readonly hasSynced: boolean;
  /** Unix milliseconds of the last change; absent before the first */
  readonly lastEventAt: number | undefined;
  /**
   * Unix milliseconds since when its watch did nothing at all, not even try again; absent while it lives. An API server
   * that is away does not count: the watch keeps trying.
   */
  readonly stalledSince: number | undefined;
}

export interface Cache {
  /** The informer of a kind and selection, made at the first call and shared afterwards; indexes are merged. */
  informer<T extends KubernetesObject>(kind: Kind<T>, options?: InformerOptions<T>): Informer<T>;
  /** The kind may not be read here: its informer is empty, which then says nothing about the cluster. */
  omits(kind: Kind): boolean;
  /** Starts the watches made so far and all later ones. */
  start(signal: AbortSignal): void;
  /** Resolves when every informer has synced. */
  synced(signal?: AbortSignal): Promise<void>;
  status(): readonly InformerStatus[];
  /** The earliest `stalledSince` of all informers: a liveness check fails while it is set. */
  readonly stalledSince: number | undefined;
}
