/** What a kind supplies to be driven: what it watches, what it may do, how a pass is read, walked and summed up. */
import type { Logger } from 'pino';
import type { Cache, Change, InformerOptions } from '../cache/types.ts';
import type { Applied, Client, Kind, KubernetesObject, ObjectKey } from '../client/types.ts';
import type { EventRecorder } from '../events/types.ts';
import type { Duration, Itinerary, RunStatus, Step, Walk } from '../itinerary/types.ts';
import type { ConditionInput } from './conditions.ts';

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
  /** Deletes a child of ours if it is there; what belongs to somebody else is left. */
  remove(
    kind: Kind,
    key: ObjectKey,
    options?: { propagationPolicy?: 'Background' | 'Foreground' | 'Orphan' },
  ): Promise<boolean>;
  /** The child in the cache, if it is there and ours. */
  get<C extends KubernetesObject>(kind: Kind<C>, name: string): C | undefined;
  /** Whether the cluster serves an optional kind (see `OwnedKind.optional`). */
  serves(kind: Kind): boolean;
  /** What this pass made because it was not there, in order. */
  readonly made: readonly KubernetesObject[];
}

/** Made by `owned()`, which keeps the kind's type. */
export interface OwnedKind<C extends KubernetesObject = KubernetesObject> {
  readonly kind: Kind<C>;
  readonly options?: InformerOptions<C>;
  /** verbs beyond what owning needs (get list watch create patch delete) */
  readonly verbs?: readonly string[];
  /** the kind may be absent from the cluster (a CRD of somebody else): then it is not watched and `get` finds nothing */
  readonly optional?: boolean;
}

/** Made by `watched()`, which keeps the kind's type. */
export interface WatchedKind<
  W extends KubernetesObject = KubernetesObject,
  T extends KubernetesObject = KubernetesObject,
> {
  readonly kind: Kind<W>;
  readonly options?: InformerOptions<W>;
  /** verbs beyond what watching needs (list watch) */
  readonly verbs?: readonly string[];
  /** which objects of ours a change concerns; reads only the cache */
  map(change: Change<W>, cache: Cache): readonly ObjectKey[];
  readonly optional?: boolean;
  readonly objectType?: T;
}

/** Any object a controller can drive. */
export type Reconciled = KubernetesObject & { status?: object };

/** A whole status as a kind states it: as its schema says, but that the engine dates the conditions. */
export type StatedStatus<T extends Reconciled> = Omit<NonNullable<T['status']>, 'conditions'> & {
  conditions?: readonly ConditionInput[] | undefined;
};

/**
 * What has to happen before an object may go. The engine adds the finalizer at the first pass, walks `steps` in place of
 * the others once the object is being deleted, and takes the finalizer away when every one is done or skipped.
 */
export interface Finalizer<S> {
  /** qualified: `dokkerr.io/<what>` */
  readonly name: string;
  readonly steps: readonly Step<S>[];
}

/** What every controller says of its kind, however it is driven. */
export interface Watching<T extends Reconciled> {
  /** lower case; field manager `dokkerr-<name>`, metric label, logger name */
  readonly name: string;
  readonly kind: Kind<T>;
  readonly options?: InformerOptions<T>;
  readonly owns: readonly OwnedKind[];
  readonly watches?: readonly WatchedKind[];
  /** permissions for what is read or written besides `kind`, `owns` and `watches`; of objects in namespaces */
  readonly rules?: readonly PolicyRule[];
  /** the same of objects of the whole cluster, reached by name; an operator of some namespaces does without */
  readonly clusterRules?: readonly PolicyRule[];
  /** passes at once (default 10) */
  readonly concurrency?: number;
  /** milliseconds one pass may take (default 30 000) */
  readonly timeout?: number;
  /** Whether a change of the primary object asks for a pass; by default anything but its status does (`predicates.ts`). */
  readonly predicate?: (old: T, now: T) => boolean;
}

/**
 * A desired-state kind: every pass walks `steps` from the top and ends in one status patch, if it differs. An object that
 * is being deleted is walked only for its `finalizer`; without one it is left to the garbage collector.
 */
export interface ControllerDefinition<T extends Reconciled, S> extends Watching<T> {
  /** everything read in one pass */
  readonly scope: (pass: Pass<T>) => S | Promise<S>;
  readonly steps: readonly Step<S>[];
  readonly finalizer?: Finalizer<S>;
  /** pure: the whole new status; `observedGeneration` and the conditions' times are filled in */
  readonly status: (scope: S, walk: Walk) => StatedStatus<T>;
}

/** An object whose status holds what the engine of run kinds keeps there. */
export type RunObject = Reconciled & { status?: Partial<RunStatus> };

/** The status of a run kind but for what the engine keeps and says itself: the steps' records and the conditions. */
export type RunSummary<T extends Reconciled> = Omit<
  NonNullable<T['status']>,
  keyof RunStatus | 'conditions' | 'observedGeneration'
>;

/**
 * A run kind: every pass takes the run as far as it goes (`itinerary/run.ts`). Its finalizer holds the object until every
 * duty has been done; `finalizer.steps` are walked after that, before the object goes.
 */
export interface RunDefinition<T extends Reconciled, S> extends Watching<T> {
  /** everything read in one pass */
  readonly scope: (pass: Pass<T>) => S | Promise<S>;
  readonly itinerary: Itinerary<S>;
  readonly finalizer: Finalizer<S>;
  /** the user asked to cancel; deletion cancels always */
  readonly mustCancel?: (object: T) => boolean;
  /** the user asked to have everything undone, which the rollback list does while the forward list has steps left */
  readonly mustRollBack?: (object: T) => boolean;
  /** milliseconds the forward list may take (default a week) */
  readonly deadline?: (object: T) => Duration;
  /** walked at every pass after the run's end: what an ended run still has to do, such as to expire */
  readonly afterwards?: readonly Step<S>[];
  /** pure: what the kind itself shows of the run as it stands */
  readonly status: (scope: S, run: RunStatus) => RunSummary<T>;
  /** pure: what the kind tells besides Ready, Reconciling and Stalled */
  readonly conditions?: (run: RunStatus) => readonly ConditionInput[];
}

/** Whatever a controller can be made of. */
export type Definition<T extends Reconciled, S> = ControllerDefinition<T, S> | RunDefinition<T, S>;

/** The operator's own name where it shows in objects: nothing else in the runtime knows it. */
export interface Identity {
  /** value of `app.kubernetes.io/managed-by`, prefix of field managers and of own metrics: `dokkerr` */
  readonly name: string;
  /** prefix of annotations: `dokkerr.io` */
  readonly domain: string;
}
