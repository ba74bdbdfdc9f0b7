/** As much of an API server as volumes and claims need: versions, preconditions, merge patches, finalizers. In memory. */
import type { PersistentVolume, PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import type {
  Applied,
  Client,
  DeleteOptions,
  Kind,
  KubernetesObject,
  ObjectKey,
  Patch,
} from '#runtime/client/types.ts';
import { keyOf } from '#runtime/client/types.ts';
import { DokkerrError } from '#runtime/errors.ts';

type Stored = PersistentVolume | PersistentVolumeClaim;

export class Api {
  readonly #objects = new Map<string, Stored>();
  #version = 0;

  /** Counts every write. */
  get version(): number {
    return this.#version;
  }

  list<T extends Stored>(kind: Kind<T>): T[] {
    // Sound: what is stored under a kind's plural is of that kind.
    return [...this.#objects].filter(([key]) => key.startsWith(`${kind.plural}/`)).map(([, object]) => object as T);
  }

  read<T extends KubernetesObject>(kind: Kind<T>, key: ObjectKey): T | undefined {
    const found = this.#objects.get(`${kind.plural}/${keyOf(key)}`);
    return structuredClone(found) as T | undefined;
  }

  /** Whoever writes without a version writes blindly. */
  write(kind: Kind, object: Stored): void {
    const metadata = { ...object.metadata, resourceVersion: String(++this.#version) };
    this.#objects.set(`${kind.plural}/${keyOf(object)}`, { ...structuredClone(object), metadata });
  }

  create(kind: Kind, object: Applied<KubernetesObject>): void {
    if (this.read(kind, object.metadata) !== undefined) throw conflict(`${keyOf(object)} exists already`);
    const metadata = { ...object.metadata, uid: `uid-${++this.#version}` };
    // Sound: only volumes and claims are made here.
    this.write(kind, { ...object, metadata } as Stored);
  }

  patch(kind: Kind, key: ObjectKey, patch: Patch): void {
    const live = this.read<Stored>(kind as Kind<Stored>, key);
    if (live === undefined) throw new DokkerrError('DKR_API_NOT_FOUND', `${keyOf(key)} does not exist`);
    if (Array.isArray(patch)) throw new Error('nobody here sends a JSON patch');
    const { resourceVersion } = (patch.metadata ?? {}) as { resourceVersion?: string };
    if (resourceVersion !== undefined && resourceVersion !== live.metadata.resourceVersion) {
      throw conflict(`${keyOf(key)} has changed`);
    }
    this.write(kind, merge(live, patch) as Stored);
  }

  /** A claim stays until `drop`, as its finalizer has it. */
  delete(kind: Kind, key: ObjectKey, { uid }: DeleteOptions = {}): void {
    const live = this.read<Stored>(kind as Kind<Stored>, key);
    if (live === undefined) return;
    if (uid !== undefined && uid !== live.metadata.uid) throw conflict(`${keyOf(key)} is another one`);
    if (live.metadata.deletionTimestamp !== undefined) return;
    this.write(kind, { ...live, metadata: { ...live.metadata, deletionTimestamp: '2026-06-01T00:00:00Z' } });
  }

  drop(kind: Kind, key: ObjectKey): void {
    this.#objects.delete(`${kind.plural}/${keyOf(key)}`);
  }

  /** @param pause called before and after every request, and may throw: then nobody knows what became of it */
  client(pause: (moment: 'before' | 'after') => void): Client {
    const ask = async <R>(request: () => R): Promise<R> => {
      pause('before');
      const answer = request();
      pause('after');
      return answer;
    };
    const unused = () => Promise.reject(new Error('nobody here asks for that'));
    const changed = async <T extends KubernetesObject>(
      kind: Kind<T>,
      key: ObjectKey,
      change: () => void,
    ): Promise<T> => {
      const object = await ask(() => {
        change();
        return this.read(kind, key);
      });
      if (object === undefined) throw new Error(`${keyOf(key)} is not there`);
      return object;
    };
    return {
      get: (kind, key) => ask(() => this.read(kind, key)),
      create: (kind, object) => changed(kind, object.metadata, () => this.create(kind, object)),
      patch: (kind, key, patch) => changed(kind, key, () => this.patch(kind, key, patch)),
      delete: (kind, key, options) =>
        ask(() => {
          const isThere = this.read(kind, key) !== undefined;
          this.delete(kind, key, options);
          return isThere;
        }),
      list: unused,
      update: unused,
      apply: unused,
      exec: unused,
      askPod: unused,
      raw: unused,
    };
  }
}

const conflict = (message: string) => new DokkerrError('DKR_API_CONFLICT', message);

/** RFC 7386. */
function merge(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value);
  }
  return merged;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
