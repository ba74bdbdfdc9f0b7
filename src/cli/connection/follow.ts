/**
 * Follows one object by watch until it is as wanted. Relies on the reflector, which goes on after a cut, a restarted API
 * server and an expired version, so that nobody who waits has to.
 */
import { Reflector, type ReflectorTarget } from '#runtime/cache/reflector.ts';
import type { Transport } from '#runtime/client/transport.ts';
import type { Kind, KubernetesObject, ObjectKey } from '#runtime/client/types.ts';
import { DokkerrError, type ErrorCode } from '#runtime/errors.ts';

/** What somebody who follows wants to know, and when it is enough. */
export interface Following<T> {
  /** Told of every version that arrives, the last one too. */
  readonly seen: (object: T) => void;
  readonly isOver: (object: T) => boolean;
  /** The watch was cut and is taken up again; told once a cut. */
  readonly interrupted: (error: DokkerrError) => void;
  /** Ends the following, with its reason as the error. */
  readonly signal: AbortSignal;
}

/** What no further attempt would change. */
const final: ReadonlySet<ErrorCode> = new Set(['DKR_API_FORBIDDEN', 'DKR_CRD_MISSING', 'DKR_CONFIG_INVALID']);

/**
 * Resolves to the object as it is when it is over.
 * @throws DKR_API_NOT_FOUND when it is deleted meanwhile; the signal's reason
 */
export async function follow<T extends KubernetesObject>(
  transport: Transport,
  kind: Kind<T>,
  { namespace, name }: ObjectKey,
  following: Following<T>,
): Promise<T> {
  const stop = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const target = new Followed(kind, name, following, resolve, reject);
  const options = { namespace, fieldSelector: `metadata.name=${name}` };
  const running = new Reflector(transport, kind, options, target).run(stop.signal);
  const onAbort = () => reject(following.signal.reason);
  following.signal.addEventListener('abort', onAbort, { once: true });
  if (following.signal.aborted) onAbort();
  try {
    return await promise;
  } finally {
    following.signal.removeEventListener('abort', onAbort);
    stop.abort();
    await running;
  }
}

class Followed<T extends KubernetesObject> implements ReflectorTarget<T> {
  readonly #what: string;
  readonly #following: Following<T>;
  readonly #resolve: (object: T) => void;
  readonly #reject: (error: DokkerrError) => void;
  #seenInList = false;
  #failing = false;
  #isOver = false;

  constructor(
    kind: Kind<T>,
    name: string,
    following: Following<T>,
    resolve: (object: T) => void,
    reject: (error: DokkerrError) => void,
  ) {
    this.#what = `${kind.kind} ${name}`;
    this.#following = following;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  listing(): void {
    this.#seenInList = false;
  }

  put(object: T): void {
    this.#seenInList = true;
    // What has arrived together with the end is no news any more.
    if (this.#isOver) return;
    this.#isOver = this.#following.isOver(object);
    this.#following.seen(object);
    if (this.#isOver) this.#resolve(object);
  }

  deleted(): void {
    this.#reject(new DokkerrError('DKR_API_NOT_FOUND', `${this.#what} was deleted meanwhile`));
  }

  listed(): void {
    this.#failing = false;
    if (!this.#seenInList) this.deleted();
  }

  progressed(): void {
    this.#failing = false;
  }

  /** An object that is no object of this kind; the next version may be. */
  malformed(): void {
    this.#seenInList = true;
  }

  restarted(_cause: string, error: DokkerrError | undefined): void {
    if (error === undefined) return;
    if (final.has(error.code)) this.#reject(error);
    else if (!this.#failing) this.#following.interrupted(error);
    this.#failing = true;
  }
}
