/**
 * Children of one object, by server-side apply. A write happens only when what is declared differs from what was last
 * applied (the hash annotation) or from what is there (the subset), so a hand edit of ours is put back and nothing else is.
 */
import type { Informer } from '../cache/types.ts';
import { controllerOf } from '../client/owners.ts';
import {
  type Applied,
  apiVersionOf,
  type Client,
  type Kind,
  type KubernetesObject,
  keyOf,
  type ObjectKey,
} from '../client/types.ts';
import { asDokkerrError, DokkerrError } from '../errors.ts';
import { appliedHash } from './applied-hash.ts';
import { replaceLists } from './replace-lists.ts';
import { isSubset } from './subset.ts';
import type { Children, Identity } from './types.ts';
import { kindId } from './writes.ts';

/** How often an object of somebody else in the place of a child is looked at: its going is no change of ours. */
const RECHECK_OWNER_MS = 30_000;

export const managedByLabel = 'app.kubernetes.io/managed-by';

/** What is shared by the passes of one controller. */
export interface ChildrenContext {
  readonly identity: Identity;
  /** of the kind that owns */
  readonly ownerKind: Kind;
  /** the informer of a kind, if the controller watches it */
  informer(kind: Kind): Informer<KubernetesObject> | undefined;
  /** the informer holds only some objects of the kind, so that one it lacks may exist all the same */
  isSelective(kind: Kind): boolean;
  serves(kind: Kind): boolean;
  /**
   * Live objects of which an apply showed that they already are as declared, with the hash of what was applied: where
   * the API server stores a value in other words than `isSubset` knows, that costs one write and not one a pass.
   */
  readonly settled: WeakMap<object, string>;
  /** An apply changed nothing. */
  onNeedlessApply(kind: Kind): void;
}

export function createChildren(context: ChildrenContext, owner: KubernetesObject, client: Client): Children {
  return new OwnedChildren(context, owner, client);
}

class OwnedChildren implements Children {
  readonly #context: ChildrenContext;
  readonly #owner: KubernetesObject;
  readonly #client: Client;
  /** What this pass wrote or deleted, which the cache may not show yet. */
  readonly #written = new Map<string, KubernetesObject | undefined>();
  readonly made: KubernetesObject[] = [];

  constructor(context: ChildrenContext, owner: KubernetesObject, client: Client) {
    this.#context = context;
    this.#owner = owner;
    this.#client = client;
  }

  async apply<C extends KubernetesObject>(
    kind: Kind<C>,
    desired: Applied<C>,
    { owned = true }: { owned?: boolean } = {},
  ): Promise<C> {
    if (!this.serves(kind)) throw missingKind(kind);
    const { object, hash } = this.#declare(kind, desired, owned);
    const live = await this.#live(kind, object.metadata);
    if (live === undefined) return this.#remember(kind, await this.#create(kind, object));
    this.#mustBeOurs(kind, live);
    if (this.#isAsDeclared(object, hash, live)) return live;
    const written = await this.#put(kind, object);
    if (written.metadata.resourceVersion === live.metadata.resourceVersion) {
      this.#context.settled.set(live, hash);
      this.#context.onNeedlessApply(kind);
    }
    return this.#remember(kind, written);
  }

  async remove(
    kind: Kind,
    key: ObjectKey,
    options: { propagationPolicy?: 'Background' | 'Foreground' | 'Orphan' } = {},
  ): Promise<boolean> {
    if (!this.serves(kind)) return false;
    const live = await this.#live(kind, key);
    if (live === undefined || live.metadata.deletionTimestamp !== undefined || !this.#isOurs(live)) return false;
    const { uid } = live.metadata;
    const deleted = await this.#client.delete(kind, key, { ...options, ...(uid === undefined ? {} : { uid }) });
    this.#written.set(this.#cacheKey(kind, key), undefined);
    return deleted;
  }

  get<C extends KubernetesObject>(kind: Kind<C>, name: string): C | undefined {
    const key = this.#keyOf(kind, name);
    const written = this.#cacheKey(kind, key);
    // Sound: both hold objects of `kind` only, under its id.
    if (this.#written.has(written)) return this.#written.get(written) as C | undefined;
    const cached = this.#context.informer(kind)?.get(key) as C | undefined;
    return cached !== undefined && this.#isOurs(cached) ? cached : undefined;
  }

  serves(kind: Kind): boolean {
    return this.#context.serves(kind);
  }

  #keyOf(kind: Kind, name: string): ObjectKey {
    const { namespace } = this.#owner.metadata;
    return kind.namespaced && namespace !== undefined ? { namespace, name } : { name };
  }

  #cacheKey(kind: Kind, key: ObjectKey): string {
    return `${kindId(kind)}/${keyOf(key)}`;
  }

  #remember<C extends KubernetesObject>(kind: Kind<C>, object: C): C {
    this.#written.set(this.#cacheKey(kind, object.metadata), object);
    return object;
  }

  /** From what this pass wrote, else from the cache, else (a kind nobody watches, such as a Secret) from the API server. */
  async #live<C extends KubernetesObject>(kind: Kind<C>, key: ObjectKey): Promise<C | undefined> {
    const informer = this.#context.informer(kind);
    const written = this.#cacheKey(kind, key);
    if (this.#written.has(written)) return this.#written.get(written) as C | undefined;
    if (informer === undefined) return this.#client.get(kind, key);
    return informer.get(key) as C | undefined;
  }

  #declare<C extends KubernetesObject>(
    kind: Kind<C>,
    desired: Applied<C>,
    owned: boolean,
  ): { object: Applied<C>; hash: string } {
    const { identity } = this.#context;
    const { metadata } = desired;
    const place = this.#keyOf(kind, metadata.name);
    const object = {
      ...desired,
      metadata: {
        ...place,
        ...metadata,
        labels: { ...metadata.labels, [managedByLabel]: identity.name },
        ...(owned ? { ownerReferences: [this.#ownerReference()] } : {}),
      },
    };
    const hash = appliedHash(object);
    const annotations = { ...metadata.annotations, [`${identity.domain}/applied-hash`]: hash };
    return { object: { ...object, metadata: { ...object.metadata, annotations } }, hash };
  }

  #ownerReference() {
    const { name, uid = '' } = this.#owner.metadata;
    const { ownerKind } = this.#context;
    const apiVersion = apiVersionOf(ownerKind);
    return { apiVersion, kind: ownerKind.kind, name, uid, controller: true, blockOwnerDeletion: true };
  }

  #isAsDeclared(object: Applied<KubernetesObject>, hash: string, live: KubernetesObject): boolean {
    if (live.metadata.annotations?.[`${this.#context.identity.domain}/applied-hash`] !== hash) return false;
    if (this.#context.settled.get(live) === hash) return true;
    // Identity is settled by having found it; lists leave out apiVersion and kind.
    const { apiVersion: _, kind: __, ...declared } = object;
    return isSubset(declared, live);
  }

  async #put<C extends KubernetesObject>(kind: Kind<C>, object: Applied<C>): Promise<C> {
    try {
      return await this.#client.apply(kind, object);
    } catch (thrown) {
      const error = asDokkerrError(thrown);
      if (error.code !== 'DKR_API_INVALID') throw error;
      return replaceLists(this.#client, kind, object);
    }
  }

  /**
   * Unforced, so that an object which came to be since the cache was read is not taken over: its fields are somebody
   * else's, which the API server answers with a conflict. Ours to force if it turns out to be ours.
   */
  async #create<C extends KubernetesObject>(kind: Kind<C>, object: Applied<C>): Promise<C> {
    if (this.#context.isSelective(kind)) return this.#takeOver(kind, object);
    try {
      return this.#make(await this.#client.apply(kind, object, { force: false }));
    } catch (thrown) {
      const error = asDokkerrError(thrown);
      if (error.code !== 'DKR_API_CONFLICT') throw error;
      return this.#takeOver(kind, object);
    }
  }

  async #takeOver<C extends KubernetesObject>(kind: Kind<C>, object: Applied<C>): Promise<C> {
    const live = await this.#client.get(kind, object.metadata);
    if (live === undefined) return this.#make(await this.#client.apply(kind, object));
    this.#mustBeOurs(kind, live);
    return this.#client.apply(kind, object);
  }

  #make<C extends KubernetesObject>(object: C): C {
    this.made.push(object);
    return object;
  }

  /** Ours is what we control; without any controller, what carries our label. */
  #isOurs(live: KubernetesObject): boolean {
    const owner = controllerOf(live);
    if (owner !== undefined) return owner.uid === this.#owner.metadata.uid;
    return live.metadata.labels?.[managedByLabel] === this.#context.identity.name;
  }

  #mustBeOurs(kind: Kind, live: KubernetesObject): void {
    if (this.#isOurs(live)) return;
    const owner = controllerOf(live);
    if (owner?.kind === this.#context.ownerKind.kind && owner.name === this.#owner.metadata.name) {
      throw new DokkerrError(
        'DKR_API_CONFLICT',
        `${kind.kind} ${keyOf(live)} still belongs to the deleted ${owner.kind} ${owner.name} and is about to go`,
      );
    }
    const other = owner === undefined ? 'nobody we know' : `${owner.kind} ${owner.name}`;
    throw new DokkerrError(
      'DKR_NOT_OWNED',
      `${kind.kind} ${keyOf(live)} exists and belongs to ${other}; delete it or choose another name`,
      { retryAfterMs: RECHECK_OWNER_MS },
    );
  }
}

function missingKind(kind: Kind): DokkerrError {
  return new DokkerrError(
    'DKR_CRD_MISSING',
    `the cluster does not serve ${kind.kind} (${apiVersionOf(kind)}); install its custom resource definition`,
  );
}
