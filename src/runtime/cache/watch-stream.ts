/** One watch's stream: bytes in, calls of a `ReflectorTarget` out, with no await and no buffer but an unfinished line. */
import { type Asked, type Status, statusError } from '../client/status-error.ts';
import type { KubernetesObject } from '../client/types.ts';
import { asDokkerrError, type DokkerrError } from '../errors.ts';
import { LineSplitter } from './line-splitter.ts';
import type { RestartCause } from './reflector-state.ts';
import { type Identity, readWatchEvent } from './watch-event.ts';

/** Where the copy lives. Nothing of it may throw. */
export interface ReflectorTarget<T> {
  /** A complete list begins; until `listed` every object there is arrives by `put`. */
  listing(): void;
  put(object: T): void;
  deleted(object: T): void;
  /** The list is complete: what was not put since `listing` exists no more. */
  listed(resourceVersion: string): void;
  /** Everything up to here was told. */
  progressed(resourceVersion: string): void;
  malformed(): void;
  /** The watch ended for this cause; what comes next is up to the reflector. */
  restarted(cause: RestartCause, error: DokkerrError | undefined): void;
}

/** One watch's stream as it is read: what it has told so far, and what broke it. */
export class WatchStream<T extends KubernetesObject> {
  readonly #splitter: LineSplitter;
  readonly #identity: Identity;
  readonly #target: ReflectorTarget<T>;
  readonly #asked: Asked;
  readonly #breaker = new AbortController();
  /** the version up to which everything was told; absent while the initial events of a WatchList arrive */
  at: string | undefined;
  /** something was completed: the list, or a change after it */
  fruitful = false;
  error: DokkerrError | undefined;

  /** @param from absent: the list comes first, in the same stream (WatchList) */
  constructor(identity: Identity, target: ReflectorTarget<T>, from: string | undefined, asked: Asked) {
    this.#identity = identity;
    this.#target = target;
    this.#asked = asked;
    this.at = from;
    this.#splitter = new LineSplitter((line) => this.#read(line));
  }

  /** Aborts when the stream must not be read any further. */
  get signal(): AbortSignal {
    return this.#breaker.signal;
  }

  /** Ends it from outside. */
  stop(): void {
    this.#breaker.abort();
  }

  push(chunk: Buffer): void {
    if (this.error !== undefined) return;
    try {
      this.#splitter.push(chunk);
    } catch (thrown) {
      this.#break(asDokkerrError(thrown));
    }
  }

  #read(line: string): void {
    if (this.error !== undefined) return;
    const event = readWatchEvent<T>(line, this.#identity);
    switch (event.type) {
      case 'put':
        this.#target.put(event.object);
        this.#advance(event.object.metadata.resourceVersion);
        break;
      case 'deleted':
        this.#target.deleted(event.object);
        this.#advance(event.object.metadata.resourceVersion);
        break;
      case 'bookmark':
        this.#bookmark(event.resourceVersion, event.listComplete);
        break;
      case 'malformed':
        this.#target.malformed();
        break;
      case 'error':
        this.#break(errorEvent(event.status, this.#asked));
        break;
    }
  }

  /** Initial events come in the order of keys, not of versions, so they advance nothing. */
  #advance(resourceVersion: string | undefined): void {
    if (this.at === undefined || resourceVersion === undefined) return;
    this.fruitful = true;
    this.at = resourceVersion;
    this.#target.progressed(resourceVersion);
  }

  #bookmark(resourceVersion: string, listComplete: boolean): void {
    if (this.at === undefined && !listComplete) return;
    if (this.at === undefined) this.#target.listed(resourceVersion);
    else this.#target.progressed(resourceVersion);
    this.at = resourceVersion;
    this.fruitful = true;
  }

  #break(error: DokkerrError): void {
    this.error = error;
    this.#breaker.abort(error);
  }
}

/** An ERROR event carries the Status that an answer would have carried. */
function errorEvent(status: Status, asked: Asked): DokkerrError {
  return statusError({ status: status.code ?? 500, text: JSON.stringify(status) }, asked);
}
