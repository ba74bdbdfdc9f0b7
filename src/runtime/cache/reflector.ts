/**
 * Keeps a copy of one collection current: carries out the states of `reflector-state.ts` on a `Transport` and tells a
 * `ReflectorTarget` what it learns, synchronously and in the API server's order. It ends only when its signal aborts.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { collectionPath, query } from '../client/path.ts';
import { type Asked, statusError } from '../client/status-error.ts';
import type { Transport } from '../client/transport.ts';
import { apiVersionOf, type Kind, type KubernetesObject } from '../client/types.ts';
import { asDokkerrError } from '../errors.ts';
import { type BackoffPolicy, watchBackoff } from './backoff.ts';
import { advance, type ListMethod, type Outcome, type Pursuit, type Situation, start } from './reflector-state.ts';
import { type Identity, isStorable, trimmed } from './watch-event.ts';
import { type ReflectorTarget, WatchStream } from './watch-stream.ts';

export type { ReflectorTarget } from './watch-stream.ts';

export interface ReflectorOptions {
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  metadataOnly?: boolean | undefined;
  tuning?: Partial<ReflectorTuning> | undefined;
}

/** Figures a test shortens and nobody else changes. */
export interface ReflectorTuning {
  /** Silence after which a watch counts as dead: one and a half times the minute in which every bookmark comes. */
  readonly idleMs: number;
  /** Bounds of a watch's length, so that watches of one start do not all end together; client-go's figures. */
  readonly watchSeconds: readonly [least: number, most: number];
  readonly backoff: BackoffPolicy;
  /** how the first list is asked for */
  readonly method: ListMethod;
  readonly pageSize: number;
  readonly random: () => number;
  readonly now: () => number;
}

export const defaultTuning: ReflectorTuning = {
  idleMs: 90_000,
  watchSeconds: [300, 600],
  backoff: watchBackoff,
  method: 'stream',
  pageSize: 500,
  random: Math.random,
  now: Date.now,
};

const metadataAccept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const metadataListAccept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

export class Reflector<T extends KubernetesObject> {
  readonly #transport: Transport;
  readonly #kind: Kind<T>;
  readonly #identity: Identity;
  readonly #options: ReflectorOptions;
  readonly #tuning: ReflectorTuning;
  readonly #target: ReflectorTarget<T>;
  readonly #watchAsked: Asked;
  #method: ListMethod;
  #lastActivity: number;

  constructor(transport: Transport, kind: Kind<T>, options: ReflectorOptions, target: ReflectorTarget<T>) {
    this.#transport = transport;
    this.#kind = kind;
    this.#identity = { apiVersion: apiVersionOf(kind), kind: kind.kind };
    this.#options = options;
    this.#tuning = { ...defaultTuning, ...options.tuning };
    this.#target = target;
    this.#watchAsked = { verb: 'watch', kind, key: options.namespace ? { namespace: options.namespace } : undefined };
    this.#method = this.#tuning.method;
    this.#lastActivity = this.#tuning.now();
  }

  /**
   * When it last did anything (a byte came, an attempt or a wait began), Unix milliseconds. Whatever the API server
   * does, this moves on within the longest wait or silence; if it does not, the reflector itself is dead.
   */
  get lastActivity(): number {
    return this.#lastActivity;
  }

  /** Resolves when `signal` aborts, and only then. */
  async run(signal: AbortSignal): Promise<void> {
    let situation = start(this.#method);
    while (!signal.aborted) {
      this.#lastActivity = this.#tuning.now();
      const { state, attempt } = situation;
      if (state.name === 'waiting') {
        await this.#wait(state.ms, signal);
        situation = { state: state.next, attempt };
        continue;
      }
      const outcome = await this.#pursue(state, signal);
      if (signal.aborted) return;
      situation = advance(state, attempt, this.#method, outcome, this.#tuning.backoff, this.#tuning.random());
      this.#note(situation, outcome);
    }
  }

  #note(situation: Situation, outcome: Outcome): void {
    // Refused once, WatchList is not asked for again: the server does not know it.
    if (situation.state.name === 'listing') this.#method = situation.state.method;
    if (situation.cause !== undefined) this.#target.restarted(situation.cause, outcome.error);
  }

  /** Ends early when the API server answers anybody again, plus a moment's jitter so that not all return at once. */
  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    const recovered = await new Promise<boolean>((resolve) => {
      const finish = (early: boolean): void => {
        clearTimeout(timer);
        forget();
        signal.removeEventListener('abort', stop);
        resolve(early);
      };
      const stop = (): void => finish(false);
      const timer = setTimeout(finish, ms, false);
      const forget = this.#transport.onRecovery(() => finish(true));
      signal.addEventListener('abort', stop, { once: true });
    });
    if (recovered) await pause(this.#tuning.random() * this.#tuning.backoff.baseMs, signal);
  }

  async #pursue(state: Pursuit, signal: AbortSignal): Promise<Outcome> {
    if (state.name === 'watching') return this.#watch(state.from, signal);
    this.#target.listing();
    return state.method === 'stream' ? this.#watch(undefined, signal) : this.#listPages(signal);
  }

  /** @param from absent: the list comes first, in the same stream (WatchList) */
  async #watch(from: string | undefined, signal: AbortSignal): Promise<Outcome> {
    const stream = new WatchStream(this.#identity, this.#target, from, this.#watchAsked);
    const path = collectionPath(this.#kind, this.#options.namespace) + this.#watchQuery(from);
    const request = {
      path,
      ...(this.#options.metadataOnly === true ? { accept: metadataAccept } : {}),
      idleMs: this.#tuning.idleMs,
      signal: stream.signal,
    };
    const stop = (): void => stream.stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const response = await this.#transport.stream(request, (chunk) => {
        this.#lastActivity = this.#tuning.now();
        stream.push(chunk);
      });
      const error = response.status < 300 ? stream.error : statusError(response, this.#watchAsked);
      return { at: stream.at, fruitful: stream.fruitful, ...(error === undefined ? {} : { error }) };
    } catch (thrown) {
      return { at: stream.at, fruitful: stream.fruitful, error: stream.error ?? asDokkerrError(thrown) };
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  #watchQuery(from: string | undefined): string {
    const { tuning, options } = { tuning: this.#tuning, options: this.#options };
    const [least, most] = tuning.watchSeconds;
    return query({
      watch: true,
      allowWatchBookmarks: true,
      labelSelector: options.labelSelector,
      fieldSelector: options.fieldSelector,
      timeoutSeconds: Math.round(least + tuning.random() * (most - least)),
      ...(from === undefined
        ? { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' }
        : { resourceVersion: from }),
    });
  }

  async #listPages(signal: AbortSignal): Promise<Outcome> {
    const asked: Asked = { ...this.#watchAsked, verb: 'list' };
    const accept = this.#options.metadataOnly === true ? { accept: metadataListAccept } : {};
    let token: string | undefined;
    try {
      for (;;) {
        const { namespace, labelSelector, fieldSelector } = this.#options;
        const parameters = { labelSelector, fieldSelector, limit: this.#tuning.pageSize, continue: token };
        const path = collectionPath(this.#kind, namespace) + query(parameters);
        const response = await this.#transport.send({ method: 'GET', path, ...accept, idempotent: true, signal });
        this.#lastActivity = this.#tuning.now();
        if (response.status >= 300) return { at: undefined, fruitful: false, error: statusError(response, asked) };
        const page = JSON.parse(response.text) as ListPage;
        for (const item of page.items ?? []) this.#putItem(item);
        token = page.metadata.continue;
        if (token !== undefined && token !== '') continue;
        this.#target.listed(page.metadata.resourceVersion);
        return { at: page.metadata.resourceVersion, fruitful: true };
      }
    } catch (thrown) {
      return { at: undefined, fruitful: false, error: asDokkerrError(thrown) };
    }
  }

  #putItem(item: unknown): void {
    if (isStorable<T>(item)) this.#target.put(trimmed(item, this.#identity));
    else this.#target.malformed();
  }
}

interface ListPage {
  metadata: { resourceVersion: string; continue?: string };
  items: unknown[] | null;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch {
    // The stop, which the caller sees by its signal.
  }
}
