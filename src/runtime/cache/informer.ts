/**
 * One kind and selection as a readable copy: a store, the reflectors that fill it (one a namespace, or one for all) and
 * the subscribers that are told of every change.
 */
import type { Logger } from 'pino';
import type { Transport } from '../client/transport.ts';
import { type Kind, type KubernetesObject, keyOf, type ObjectKey } from '../client/types.ts';
import type { DokkerrError } from '../errors.ts';
import type { StringPool } from './intern.ts';
import { Reflector, type ReflectorTarget, type ReflectorTuning } from './reflector.ts';
import type { RestartCause } from './reflector-state.ts';
import { Store } from './store.ts';
import type { CacheObserver, Change, Indexer, Informer, InformerOptions, InformerStatus } from './types.ts';
import { VersionGate } from './version-gate.ts';

export interface InformerSurroundings {
  readonly transport: Transport;
  readonly log: Logger;
  readonly observer: CacheObserver | undefined;
  readonly tuning: Partial<ReflectorTuning> | undefined;
  /** shared by all informers, since kinds repeat each other's strings too */
  readonly strings: StringPool;
}

/** Twice the longest silence or wait of a reflector: one that did nothing for so long is dead. */
const stalledAfterMs = 180_000;

type Handler<T> = (change: Change<T>) => void;

export class SharedInformer<T extends KubernetesObject> implements Informer<T> {
  readonly kind: Kind<T>;
  readonly #log: Logger;
  readonly #observer: CacheObserver | undefined;
  readonly #now: () => number;
  readonly #strings: StringPool;
  readonly #store = new Store<T>();
  readonly #handlers = new Set<Handler<T>>();
  readonly #replicas: readonly Replica<T>[];
  readonly #synced = Promise.withResolvers<void>();
  #hasSynced = false;
  #started = false;
  #lastEventAt: number | undefined;

  constructor(kind: Kind<T>, options: InformerOptions<T>, surroundings: InformerSurroundings) {
    this.kind = kind;
    this.#log = surroundings.log.child({ kind: kind.kind });
    this.#observer = surroundings.observer;
    this.#observer?.watched(kind.kind);
    this.#now = surroundings.tuning?.now ?? Date.now;
    this.#strings = surroundings.strings;
    this.addIndexes(options.indexes ?? {});
    const namespaces: readonly (string | undefined)[] = options.namespaces ?? [undefined];
    this.#replicas = namespaces.map((namespace) => new Replica(this, kind, namespace, options, surroundings));
  }

  get(key: ObjectKey | string): T | undefined {
    return this.#store.get(key);
  }

  list(namespace?: string): readonly T[] {
    return this.#store.list(namespace);
  }

  by(index: string, value: string): readonly T[] {
    return this.#store.by(index, value);
  }

  get size(): number {
    return this.#store.size;
  }

  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  addIndexes(indexes: Readonly<Record<string, Indexer<T>>>): void {
    for (const [name, indexer] of Object.entries(indexes)) this.#store.addIndex(name, indexer);
  }

  synced(signal?: AbortSignal): Promise<void> {
    return signal === undefined || this.#hasSynced ? this.#synced.promise : raceAbort(this.#synced.promise, signal);
  }

  subscribe(handler: Handler<T>): () => void {
    for (const object of this.#store.list()) this.#tell(handler, { type: 'added', object, initial: true });
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  async reached(resourceVersion: string, capMs: number, namespace?: string): Promise<boolean> {
    const concerned = this.#replicas.filter((replica) => replica.covers(namespace));
    const answers = await Promise.all(concerned.map((replica) => replica.gate.reached(resourceVersion, capMs)));
    return answers.every(Boolean);
  }

  /** Watches until `signal` aborts; a second call changes nothing. */
  start(signal: AbortSignal): void {
    if (this.#started) return;
    this.#started = true;
    for (const replica of this.#replicas) void replica.run(signal);
    // Nothing to watch is nothing to wait for.
    this.replicaSynced();
  }

  get status(): InformerStatus {
    return {
      kind: this.kind.kind,
      objects: this.#store.size,
      hasSynced: this.#hasSynced,
      lastEventAt: this.#lastEventAt,
      stalledSince: this.#stalledSince(),
    };
  }

  #stalledSince(): number | undefined {
    if (!this.#started) return undefined;
    const oldest = Math.min(...this.#replicas.map((replica) => replica.lastActivity));
    return this.#now() - oldest > stalledAfterMs ? oldest : undefined;
  }

  /** Stores it and tells of the difference; what is stored already is no news. */
  put(key: string, object: T, initial: boolean): void {
    const held = this.#store.get(key);
    if (held !== undefined && held.metadata.resourceVersion === object.metadata.resourceVersion) return;
    this.#strings.intern(object);
    const old = this.#store.put(key, object);
    this.#emit(old === undefined ? { type: 'added', object, initial } : { type: 'updated', object, old, initial });
  }

  /** @param last the state the API server sent with the deletion; the last one known when it was missed */
  remove(key: string, last: T | undefined, initial: boolean): void {
    const held = this.#store.delete(key);
    if (held !== undefined) this.#emit({ type: 'deleted', object: last ?? held, initial });
  }

  /** Keys held of one namespace, or all. */
  keysOf(namespace: string | undefined): Iterable<string> {
    return namespace === undefined ? this.#store.keys() : this.#store.list(namespace).map(keyOf);
  }

  replicaSynced(): void {
    if (this.#hasSynced || !this.#replicas.every((replica) => replica.hasSynced)) return;
    this.#hasSynced = true;
    this.#log.debug({ objects: this.size }, 'cache synced');
    this.#synced.resolve();
  }

  malformed(): void {
    this.#observer?.malformed(this.kind.kind);
    this.#log.error('an object without name or resource version, or a line that is not JSON, was skipped');
  }

  restarted(cause: RestartCause, error: DokkerrError | undefined, first: boolean): void {
    this.#observer?.restarted(this.kind.kind, cause);
    if (error === undefined) return;
    // The first of a series says that something is wrong; the rest are for who looks closer.
    this.#log[first ? 'warn' : 'debug']({ cause, code: error.code }, `watch ended: ${error.message}`);
  }

  #emit(change: Change<T>): void {
    this.#lastEventAt = this.#now();
    this.#observer?.changed(this.kind.kind, change.type);
    for (const handler of this.#handlers) this.#tell(handler, change);
  }

  /** A handler that breaks its promise not to throw must not take the watch, and so all others, with it. */
  #tell(handler: Handler<T>, change: Change<T>): void {
    try {
      handler(change);
    } catch (error) {
      this.#log.error({ err: error, key: keyOf(change.object) }, 'a handler of the cache threw');
    }
  }
}

/** What one reflector feeds: one namespace's part of the informer, or all of it. */
class Replica<T extends KubernetesObject> implements ReflectorTarget<T> {
  readonly gate = new VersionGate();
  readonly #informer: SharedInformer<T>;
  readonly #namespace: string | undefined;
  readonly #transform: ((object: T) => T) | undefined;
  readonly #reflector: Reflector<T>;
  /** keys held when a list began and not seen in it yet; absent outside of a list */
  #unseen: Set<string> | undefined;
  hasSynced = false;
  #failing = false;

  constructor(
    informer: SharedInformer<T>,
    kind: Kind<T>,
    namespace: string | undefined,
    options: InformerOptions<T>,
    { transport, tuning }: InformerSurroundings,
  ) {
    this.#informer = informer;
    this.#namespace = namespace;
    this.#transform = options.transform;
    const { labelSelector, fieldSelector, metadataOnly } = options;
    const selection = { namespace, labelSelector, fieldSelector, metadataOnly, tuning };
    this.#reflector = new Reflector(transport, kind, selection, this);
  }

  get lastActivity(): number {
    return this.#reflector.lastActivity;
  }

  covers(namespace: string | undefined): boolean {
    return namespace === undefined || this.#namespace === undefined || this.#namespace === namespace;
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#reflector.run(signal);
  }

  listing(): void {
    this.#unseen = new Set(this.#informer.keysOf(this.#namespace));
  }

  put(object: T): void {
    const key = keyOf(object);
    this.#unseen?.delete(key);
    const kept = this.#transform === undefined ? object : this.#transformed(object, this.#transform);
    if (kept !== undefined) this.#informer.put(key, kept, this.#unseen !== undefined);
  }

  deleted(object: T): void {
    const last = this.#transform === undefined ? object : this.#transformed(object, this.#transform);
    const key = keyOf(object);
    this.#unseen?.delete(key);
    this.#informer.remove(key, last, false);
  }

  listed(resourceVersion: string): void {
    for (const key of this.#unseen ?? []) this.#informer.remove(key, undefined, true);
    this.#unseen = undefined;
    this.gate.pass(resourceVersion);
    this.#failing = false;
    if (this.hasSynced) return;
    this.hasSynced = true;
    this.#informer.replicaSynced();
  }

  progressed(resourceVersion: string): void {
    this.#failing = false;
    this.gate.pass(resourceVersion);
  }

  malformed(): void {
    this.#informer.malformed();
  }

  restarted(cause: RestartCause, error: DokkerrError | undefined): void {
    this.#informer.restarted(cause, error, !this.#failing);
    this.#failing = error !== undefined;
  }

  /** An object of a shape that the transform did not expect is one malformed object, not the end of the watch. */
  #transformed(object: T, transform: (object: T) => T): T | undefined {
    try {
      return transform(object);
    } catch {
      this.#informer.malformed();
      return undefined;
    }
  }
}

function raceAbort(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
