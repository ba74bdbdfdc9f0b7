/** Objects by key, with indexes kept on every write. It relies on objects never being changed after they are put. */
import { type KubernetesObject, keyOf, type ObjectKey } from '../client/types.ts';
import type { Indexer } from './types.ts';

/** What one index value leads to; a lone object, which is the usual case, needs no set of its own. */
type Bucket<T> = T | Set<T>;

interface Index<T> {
  readonly indexer: Indexer<T>;
  readonly buckets: Map<string, Bucket<T>>;
}

const byNamespace = <T extends KubernetesObject>(object: T): readonly string[] => [object.metadata.namespace ?? ''];

export class Store<T extends KubernetesObject> {
  readonly #objects = new Map<string, T>();
  readonly #indexes = new Map<string, Index<T>>();
  /** made when a namespace is first listed: most kinds are only ever looked up by key or index */
  #namespaces: Index<T> | undefined;

  get size(): number {
    return this.#objects.size;
  }

  get(key: ObjectKey | string): T | undefined {
    return this.#objects.get(typeof key === 'string' ? key : keyOf(key));
  }

  keys(): IterableIterator<string> {
    return this.#objects.keys();
  }

  /** A list of its own, which later writes do not change. */
  list(namespace?: string): readonly T[] {
    if (namespace === undefined) return [...this.#objects.values()];
    this.#namespaces ??= this.#build(byNamespace);
    return members(this.#namespaces.buckets.get(namespace));
  }

  /** @throws when there is no such index */
  by(name: string, value: string): readonly T[] {
    const index = this.#indexes.get(name);
    if (index === undefined) throw new Error(`no index "${name}" was declared: add it to the informer's options`);
    return members(index.buckets.get(value));
  }

  /** Adds an index over what is there; one of that name already there stays. */
  addIndex(name: string, indexer: Indexer<T>): void {
    if (!this.#indexes.has(name)) this.#indexes.set(name, this.#build(indexer));
  }

  /** @returns what was there before */
  put(key: string, object: T): T | undefined {
    const old = this.#objects.get(key);
    this.#objects.set(key, object);
    for (const index of this.#allIndexes()) {
      if (old !== undefined) withdraw(index, old);
      enter(index, object);
    }
    return old;
  }

  /** @returns what was there */
  delete(key: string): T | undefined {
    const old = this.#objects.get(key);
    if (old === undefined) return undefined;
    this.#objects.delete(key);
    for (const index of this.#allIndexes()) withdraw(index, old);
    return old;
  }

  *#allIndexes(): IterableIterator<Index<T>> {
    yield* this.#indexes.values();
    if (this.#namespaces !== undefined) yield this.#namespaces;
  }

  #build(indexer: Indexer<T>): Index<T> {
    const index: Index<T> = { indexer, buckets: new Map() };
    for (const object of this.#objects.values()) enter(index, object);
    return index;
  }
}

function enter<T>({ indexer, buckets }: Index<T>, object: T): void {
  for (const value of indexer(object)) {
    const bucket = buckets.get(value);
    if (bucket === undefined || bucket === object) buckets.set(value, object);
    else if (bucket instanceof Set) bucket.add(object);
    else buckets.set(value, new Set([bucket, object]));
  }
}

function withdraw<T>({ indexer, buckets }: Index<T>, object: T): void {
  for (const value of indexer(object)) {
    const bucket = buckets.get(value);
    if (bucket === object) buckets.delete(value);
    else if (bucket instanceof Set && bucket.delete(object) && bucket.size === 0) buckets.delete(value);
  }
}

function members<T>(bucket: Bucket<T> | undefined): readonly T[] {
  if (bucket === undefined) return [];
  return bucket instanceof Set ? [...bucket] : [bucket];
}
