/** What a kind supplies to be driven: what it watches, what it may do, how a pass is read, walked and summed up. */
import type { Logger } from 'pino';
import type { Cache, Change, InformerOptions } from '../cache/types.ts';
import type { Applied, Client, Kind, KubernetesObject, ObjectKey } from '../client/types.ts';
import type { EventRecorder } from '../events/types.ts';
import type { Step, Walk } from '../itinerary/types.ts';

/** A rule as RBAC writes it; the operator's roles are generated from these and from `owns` and `watches`. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** What one pass is given; nothing else is reached for. */
export interface Pass<T extends KubernetesObject> {
  readonly object: T;
  readonly key: ObjectKey;
  /** Remembers what it wrote, so that the next pass of this key waits until the cache has seen it. */
  readonly client: Client;
  readonly cache: Cache;
  readonly children: Children;
  readonly events: EventRecorder;
  readonly log: Logger;
  /** aborted when the pass times out or the operator stops */
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

/** Children by server-side apply, skipped when nothing would change. */
export interface Children {
  /**
   * Makes the child as declared: sets our owner reference (unless `owned` is false), labels and hash annotation, compares
   * with the cache and writes only on a difference. Returns the child as the API server has it.
   * Fails with DKR_NOT_OWNED when an object of that name belongs to somebody else.
   */
  apply<C extends KubernetesObject>(kind: Kind<C>, desired: Applied<C>, options?: { owned?: boolean }): Promise<C>;
  /** Deletes a child of ours if it is there. */
  remove(
    kind: Kind,
    key: ObjectKey,
    options?: { propagationPolicy?: 'Background' | 'Foreground' | 'Orphan' },
  ): Promise<boolean>;
  /** The child in the cache, if it is there. */
  get<C extends KubernetesObject>(kind: Kind<C>, name: string): C | undefined;
}

export interface OwnedKind<C extends KubernetesObject = KubernetesObject> {
  readonly kind: Kind<C>;
  readonly options?: InformerOptions<C>;
  /** verbs beyond what owning needs (get list watch create patch delete) */
  readonly verbs?: readonly string[];
  /** the kind may be absent from the cluster (a CRD of somebody else): then it is not watched and `get` finds nothing */
  readonly optional?: boolean;
}

export interface WatchedKind<
  W extends KubernetesObject = KubernetesObject,
  T extends KubernetesObject = KubernetesObject,
> {
  readonly kind: Kind<W>;
  readonly options?: InformerOptions<W>;
  /** which objects of ours a change concerns; reads only the cache */
  readonly map: (change: Change<W>, cache: Cache) => readonly ObjectKey[];
  readonly optional?: boolean;
  readonly objectType?: T;
}

/** A desired-state kind: every pass walks `steps` from the top and ends in one status patch, if it differs. */
export interface ControllerDefinition<T extends KubernetesObject & { status?: unknown }, S> {
  /** lower case; field manager `dokkerr-<name>`, metric label, logger name */
  readonly name: string;
  readonly kind: Kind<T>;
  readonly options?: InformerOptions<T>;
  readonly owns: readonly OwnedKind[];
  readonly watches?: readonly WatchedKind[];
  /** permissions for what is read or written besides `kind`, `owns` and `watches` */
  readonly rules?: readonly PolicyRule[];
  /** passes at once (default 10) */
  readonly concurrency?: number;
  /** milliseconds one pass may take (default 30 000) */
  readonly timeout?: number;
  /** everything read in one pass */
  readonly scope: (pass: Pass<T>) => S | Promise<S>;
  readonly steps: readonly Step<S>[];
  /** pure: the whole new status */
  readonly status: (scope: S, walk: Walk) => NonNullable<T['status']>;
}
