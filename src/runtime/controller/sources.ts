/**
 * Where a controller's keys come from: its own kind, the children of its objects, what it watches besides, and the
 * periodic resync. Subscribes once every informer has synced, so that no pass starts on half a picture.
 */
import type { Logger } from 'pino';
import type { Cache, Change, Informer } from '../cache/types.ts';
import { controllerOf } from '../client/owners.ts';
import { apiVersionOf, type Client, type Kind, type KubernetesObject, keyOf } from '../client/types.ts';
import { type Clock, pause } from '../clock.ts';
import { asDokkerrError } from '../errors.ts';
import type { WorkQueue } from '../queue/types.ts';
import { isServed } from './discovery.ts';
import { changedBesidesStatus, isNews } from './predicates.ts';
import type { OwnedKind, Reconciled, WatchedKind, Watching } from './types.ts';
import { kindId } from './writes.ts';

/** How often a kind that the cluster did not serve is asked for again. */
const ABSENT_KIND_RECHECK_MS = 60_000;
const DISCOVERY_RETRY_MS = 1000;
/** controller-runtime's SyncPeriod: a safety net, for a watch misses nothing. */
const RESYNC_MS = 10 * 3_600_000;

interface SourcesDeps<T extends Reconciled> {
  readonly definition: Pick<Watching<T>, 'kind' | 'options' | 'owns' | 'watches' | 'predicate' | 'name'>;
  readonly client: Client;
  readonly cache: Cache;
  readonly clock: Clock;
  readonly log: Logger;
  readonly queue: WorkQueue;
}

/** A kind beside the primary one, and how its changes become keys. */
interface Source {
  readonly kind: Kind;
  readonly optional: boolean;
  readonly selective: boolean;
  readonly informer: () => Informer<KubernetesObject>;
  readonly keys: (change: Change<KubernetesObject>) => readonly string[];
}

export class Sources<T extends Reconciled> {
  readonly #deps: SourcesDeps<T>;
  readonly #primary: Informer<T>;
  readonly #sources: readonly Source[];
  /** by `kindId`; an optional kind is absent until the cluster was seen to serve it */
  readonly #informers = new Map<string, Informer<KubernetesObject>>();
  readonly #unsubscribe: (() => void)[] = [];

  constructor(deps: SourcesDeps<T>) {
    this.#deps = deps;
    const { kind, options, owns, watches = [] } = deps.definition;
    this.#primary = deps.cache.informer(kind, options);
    this.#informers.set(kindId(kind), this.#primary);
    this.#sources = [...owns.map((owned) => this.#owned(owned)), ...watches.map((watched) => this.#watched(watched))];
    for (const source of this.#sources) if (!source.optional) this.#open(source);
  }

  informer(kind: Kind): Informer<KubernetesObject> | undefined {
    return this.#informers.get(kindId(kind));
  }

  informerById(id: string): Informer<KubernetesObject> | undefined {
    return this.#informers.get(id);
  }

  /** The informer of that kind leaves objects out. */
  isSelective(kind: Kind): boolean {
    const id = kindId(kind);
    return this.#sources.some((source) => source.selective && kindId(source.kind) === id);
  }

  /** False only for an optional kind that the cluster was not seen to serve. */
  serves(kind: Kind): boolean {
    const id = kindId(kind);
    return this.#informers.has(id) || !this.#sources.some((source) => source.optional && kindId(source.kind) === id);
  }

  /** Resolves once everything is subscribed; the returned function takes it all back. */
  async start(signal: AbortSignal): Promise<() => void> {
    const absent: Source[] = [];
    for (const source of this.#sources.filter(({ optional }) => optional)) {
      if (await this.#isServed(source.kind, signal)) this.#open(source);
      else if (!this.#informers.has(kindId(source.kind))) absent.push(source);
    }
    await Promise.all([...this.#informers.values()].map((informer) => untilSynced(informer, signal)));
    if (!signal.aborted) {
      this.#subscribePrimary();
      for (const source of this.#sources) if (!absent.includes(source)) this.#subscribe(source);
      this.#every(RESYNC_MS, () => this.resync());
      if (absent.length > 0) this.#lookOutFor(absent, signal);
    }
    return () => {
      for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
    };
  }

  resync(): void {
    for (const object of this.#primary.list()) this.#deps.queue.add(keyOf(object), { priority: 'low' });
  }

  #open(source: Source): void {
    const id = kindId(source.kind);
    const informer = source.informer();
    if (!this.#informers.has(id)) this.#informers.set(id, informer);
  }

  #owned({ kind, options, optional = false }: OwnedKind): Source {
    const { cache, definition } = this.#deps;
    return {
      kind,
      optional,
      selective: isSelective(options),
      informer: () => cache.informer(kind, options),
      keys: (change) => {
        const keys = ownerKeys(change.object, definition.kind);
        return change.type === 'updated' ? [...keys, ...ownerKeys(change.old, definition.kind)] : keys;
      },
    };
  }

  #watched({ kind, options, optional = false, ...watch }: WatchedKind): Source {
    const { cache } = this.#deps;
    return {
      kind,
      optional,
      selective: isSelective(options),
      informer: () => cache.informer(kind, options),
      keys: (change) => watch.map(change, cache).map((key) => keyOf(key)),
    };
  }

  #subscribePrimary(): void {
    const { queue, definition } = this.#deps;
    const wants = definition.predicate ?? changedBesidesStatus;
    this.#unsubscribe.push(
      this.#primary.subscribe((change) => {
        if (change.type === 'updated' && !wants(change.old, change.object)) return;
        queue.add(keyOf(change.object), { priority: change.initial ? 'low' : 'normal' });
      }),
    );
  }

  /** What is already there needs no keys: every primary object gets its first pass anyway. */
  #subscribe(source: Source): void {
    const { queue, log } = this.#deps;
    let isReplay = true;
    this.#unsubscribe.push(
      source.informer().subscribe((change) => {
        if (isReplay || (change.type === 'updated' && !isNews(change.old, change.object))) return;
        try {
          const priority = change.initial ? 'low' : 'normal';
          for (const key of source.keys(change)) queue.add(key, { priority });
        } catch (thrown) {
          log.error({ err: asDokkerrError(thrown), kind: source.kind.kind }, 'a map function threw; a change was lost');
        }
      }),
    );
    isReplay = false;
  }

  async #isServed(kind: Kind, signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      try {
        return await isServed(this.#deps.client, kind, signal);
      } catch (thrown) {
        this.#deps.log.warn({ err: asDokkerrError(thrown) }, `cannot ask whether ${kind.kind} is served; asking again`);
        await pause(this.#deps.clock, DISCOVERY_RETRY_MS, signal);
      }
    }
    return false;
  }

  /** A kind installed later is taken up then, and every object looked at once more. */
  #lookOutFor(absent: readonly Source[], signal: AbortSignal): void {
    const { log } = this.#deps;
    const kinds = absent.map(({ kind }) => `${kind.kind} (${apiVersionOf(kind)})`).join(', ');
    log.info(`not served by the cluster, so not watched: ${kinds}`);
    const stop = this.#every(ABSENT_KIND_RECHECK_MS, () => {
      this.#takeUp(absent, signal).then(
        (stillAbsent) => {
          if (stillAbsent.length === absent.length) return;
          stop();
          this.resync();
          if (stillAbsent.length > 0 && !signal.aborted) this.#lookOutFor(stillAbsent, signal);
        },
        (thrown: unknown) => log.error({ err: asDokkerrError(thrown) }, 'looking out for absent kinds failed'),
      );
    });
  }

  async #takeUp(absent: readonly Source[], signal: AbortSignal): Promise<Source[]> {
    const stillAbsent: Source[] = [];
    for (const source of absent) {
      if (!(await this.#isServed(source.kind, signal))) {
        stillAbsent.push(source);
        continue;
      }
      this.#open(source);
      await untilSynced(source.informer(), signal);
      if (!signal.aborted) this.#subscribe(source);
    }
    return stillAbsent;
  }

  /** Runs `action` again and again until the controller stops, or until the returned function is called. */
  #every(intervalMs: number, action: () => void): () => void {
    let cancel: () => void = () => undefined;
    const arm = () => {
      cancel = this.#deps.clock.after(intervalMs, () => {
        arm();
        action();
      });
    };
    arm();
    const stop = () => cancel();
    this.#unsubscribe.push(stop);
    return stop;
  }
}

function isSelective(options: OwnedKind['options'] = {}): boolean {
  return [options.labelSelector, options.fieldSelector, options.namespaces].some(
    (selection) => selection !== undefined,
  );
}

/** The owner's key, if the object's controlling owner is of `kind`. By name, for a successor of that name waits for it too. */
function ownerKeys(object: KubernetesObject, kind: Kind): string[] {
  const owner = controllerOf(object);
  if (owner === undefined || owner.kind !== kind.kind || owner.apiVersion.split('/').at(-2) !== groupOf(kind))
    return [];
  const { namespace } = object.metadata;
  return [keyOf(kind.namespaced && namespace !== undefined ? { namespace, name: owner.name } : { name: owner.name })];
}

/** As it stands before the slash of an apiVersion; undefined for the core group. */
function groupOf(kind: Kind): string | undefined {
  return kind.group === '' ? undefined : kind.group;
}

/** Also resolves when `signal` aborts: whoever waits then stops. */
async function untilSynced(informer: Informer<KubernetesObject>, signal: AbortSignal): Promise<void> {
  try {
    await informer.synced(signal);
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
}
