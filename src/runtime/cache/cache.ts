/** All informers of one process: made on demand, shared by everybody who wants the same, started and awaited together. */
import type { Logger } from 'pino';
import type { Transport } from '../client/transport.ts';
import type { Kind, KubernetesObject } from '../client/types.ts';
import { SharedInformer } from './informer.ts';
import { StringPool } from './intern.ts';
import type { ReflectorTuning } from './reflector.ts';
import type { Cache, CacheObserver, Informer, InformerOptions, InformerStatus } from './types.ts';

export interface CacheOptions {
  log: Logger;
  observer?: CacheObserver;
  /** where namespaced kinds are watched, unless an informer is asked for other namespaces; everywhere when absent */
  namespaces?: readonly string[] | undefined;
  /** kinds that may not be read: their informers stay empty, and nobody waits for them */
  omitted?: readonly Kind[];
  /** figures of the reflectors, which only tests change */
  tuning?: Partial<ReflectorTuning>;
}

export function createCache(transport: Transport, options: CacheOptions): Cache {
  return new SharedCache(transport, options);
}

/** The part of an informer that does not depend on what it holds. */
interface AnyInformer {
  start(signal: AbortSignal): void;
  synced(signal?: AbortSignal): Promise<void>;
  readonly status: InformerStatus;
}

class SharedCache implements Cache {
  readonly #transport: Transport;
  readonly #options: CacheOptions;
  readonly #informers = new Map<string, AnyInformer>();
  readonly #strings = new StringPool();
  readonly #transforms = new Map<unknown, number>();
  #signal: AbortSignal | undefined;

  constructor(transport: Transport, options: CacheOptions) {
    this.#transport = transport;
    this.#options = options;
  }

  informer<T extends KubernetesObject>(kind: Kind<T>, asked: InformerOptions<T> = {}): Informer<T> {
    const namespaces = this.#namespacesOf(kind, asked);
    const options = namespaces === undefined ? asked : { ...asked, namespaces };
    const identity = this.#identityOf(kind, options);
    // The identity holds group and plural, which decide `T`.
    const shared = this.#informers.get(identity) as SharedInformer<T> | undefined;
    if (shared !== undefined) {
      shared.addIndexes(options.indexes ?? {});
      return shared;
    }
    const { log, observer, tuning } = this.#options;
    const surroundings = { transport: this.#transport, log, observer, tuning, strings: this.#strings };
    const made = new SharedInformer(kind, options, surroundings);
    this.#informers.set(identity, made);
    if (this.#signal !== undefined) made.start(this.#signal);
    return made;
  }

  omits(kind: Kind): boolean {
    return this.#options.omitted?.some(({ group, plural }) => group === kind.group && plural === kind.plural) ?? false;
  }

  start(signal: AbortSignal): void {
    this.#signal = signal;
    for (const informer of this.#informers.values()) informer.start(signal);
  }

  async synced(signal?: AbortSignal): Promise<void> {
    await Promise.all([...this.#informers.values()].map((informer) => informer.synced(signal)));
  }

  status(): readonly InformerStatus[] {
    return [...this.#informers.values()].map((informer) => informer.status);
  }

  get stalledSince(): number | undefined {
    const times = this.status().flatMap(({ stalledSince }) => (stalledSince === undefined ? [] : [stalledSince]));
    return times.length === 0 ? undefined : Math.min(...times);
  }

  #namespacesOf(kind: Kind, { namespaces }: Pick<InformerOptions<KubernetesObject>, 'namespaces'>) {
    if (this.omits(kind)) return [];
    return namespaces ?? (kind.namespaced ? this.#options.namespaces : undefined);
  }

  /** Two wishes are one informer when they select the same objects in the same form. */
  #identityOf<T extends KubernetesObject>(kind: Kind<T>, options: InformerOptions<T>): string {
    return JSON.stringify([
      kind.group,
      kind.version,
      kind.plural,
      options.namespaces === undefined ? null : [...new Set(options.namespaces)].sort(),
      options.labelSelector ?? '',
      options.fieldSelector ?? '',
      options.metadataOnly ?? false,
      this.#transformNumber(options.transform),
    ]);
  }

  /** Functions have no text to compare by; the same one gets the same number. */
  #transformNumber(transform: unknown): number {
    if (transform === undefined) return 0;
    const known = this.#transforms.get(transform);
    if (known !== undefined) return known;
    const next = this.#transforms.size + 1;
    this.#transforms.set(transform, next);
    return next;
  }
}
