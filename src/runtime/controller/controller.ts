/**
 * Drives one kind: informers feed the queue, workers take keys and run passes, and a key is given back once the cache has
 * seen what its pass wrote. Relies on the queue for "never two passes of one key at once".
 */
import type { Logger } from 'pino';
import type { Cache, Informer } from '../cache/types.ts';
import { type Client, type Kind, type KubernetesObject, parseKey } from '../client/types.ts';
import type { Clock } from '../clock.ts';
import type { EventRecorder } from '../events/types.ts';
import type { ControllerMetrics, Metrics, PassResult } from '../metrics/metrics.ts';
import { createQueue } from '../queue/queue.ts';
import type { WorkQueue } from '../queue/types.ts';
import { runPass } from './pass.ts';
import type { PassContext, PassOutcome } from './pass-context.ts';
import { Sources } from './sources.ts';
import type { Definition, Identity, Reconciled } from './types.ts';

export { defineController, defineRun, owned, watched } from './define.ts';

const DEFAULT_CONCURRENCY = 10;
const DEFAULT_TIMEOUT_MS = 30_000;
/** How long a key is kept back for the cache to see its last write; then it is counted and released. */
const READ_YOUR_WRITES_CAP_MS = 5000;
/** A pass that has taken this many times its timeout ignores its signal: its worker is lost. */
const LOST_AFTER_TIMEOUTS = 4;

export interface ControllerDeps {
  readonly client: Client;
  readonly cache: Cache;
  readonly events: EventRecorder;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly identity: Identity;
}

export interface Controller {
  readonly name: string;
  readonly kind: Kind;
  /**
   * Waits for the caches, then runs until `signal` aborts; resolves when the last pass has ended. Rejects only for a
   * programming error. The cache must have been started, or be started meanwhile.
   */
  start(signal: AbortSignal): Promise<void>;
  /** Asks for a pass of every object, at low priority. */
  resync(): void;
  /** What is wrong with the controller as a consumer, in one line; undefined when it is well. */
  problem(): string | undefined;
  /** Keys ready, delayed and held. */
  readonly queue: Pick<WorkQueue, 'depth' | 'delayed' | 'held'>;
}

/** Makes the informers it needs at once, so that `cache.synced()` covers them. */
export function createController<T extends Reconciled, S>(
  definition: Definition<T, S>,
  deps: ControllerDeps,
): Controller {
  return new KindController(definition, deps);
}

class KindController<T extends Reconciled, S> implements Controller {
  readonly #definition: Definition<T, S>;
  readonly #clock: Clock;
  readonly #metrics: ControllerMetrics;
  readonly #queue: WorkQueue;
  readonly #informer: Informer<T>;
  readonly #sources: Sources<T>;
  readonly #context: PassContext<T, S>;
  readonly #concurrency: number;
  /** keys waiting for the cache to see their last write */
  readonly #settling = new Set<Promise<void>>();

  constructor(definition: Definition<T, S>, deps: ControllerDeps) {
    const { name, kind, options, timeout = DEFAULT_TIMEOUT_MS, concurrency = DEFAULT_CONCURRENCY } = definition;
    const { client, cache, events, clock, identity } = deps;
    const log = deps.log.child({ controller: name });
    this.#definition = definition;
    this.#clock = clock;
    this.#concurrency = concurrency;
    this.#metrics = deps.metrics.controller(name, kind, concurrency);
    this.#queue = createQueue({ clock, observer: this.#metrics.queue });
    this.#metrics.watchQueue(this.#queue);
    this.#informer = cache.informer(kind, options);
    this.#sources = new Sources({ definition, client, cache, clock, log, queue: this.#queue });
    this.#context = {
      definition,
      client,
      cache,
      events,
      log,
      clock,
      children: {
        identity,
        ownerKind: kind,
        informer: (child: Kind): Informer<KubernetesObject> | undefined => this.#sources.informer(child),
        isSelective: (child: Kind) => this.#sources.isSelective(child),
        serves: (child: Kind) => this.#sources.serves(child),
        settled: new WeakMap(),
        onNeedlessApply: (child) => this.#metrics.needlessApply(child),
      },
      fieldManager: `${identity.name}-${name}`,
      timeoutMs: timeout,
      onStep: (step, result, seconds) => this.#metrics.step(step, result, seconds),
    };
  }

  get name(): string {
    return this.#definition.name;
  }

  get kind(): Kind {
    return this.#definition.kind;
  }

  get queue(): Pick<WorkQueue, 'depth' | 'delayed' | 'held'> {
    return this.#queue;
  }

  async start(signal: AbortSignal): Promise<void> {
    const stopSources = await this.#sources.start(signal);
    const workers = Promise.all(Array.from({ length: this.#concurrency }, () => this.#work(signal)));
    // A worker ends before the signal only by breaking, which must not go unnoticed until then.
    await Promise.race([aborted(signal), workers]);
    stopSources();
    await this.#queue.shutdown();
    await workers;
    await Promise.all(this.#settling);
  }

  resync(): void {
    this.#sources.resync();
  }

  problem(): string | undefined {
    const limit = this.#context.timeoutMs / 1000;
    const lost = this.#queue.running().find(({ seconds }) => seconds > limit * LOST_AFTER_TIMEOUTS);
    return (
      lost &&
      `controller ${this.name}: the pass of ${lost.key} has run for ${Math.round(lost.seconds)} s though its limit is ${limit} s`
    );
  }

  async #work(signal: AbortSignal): Promise<void> {
    for (let key = await this.#queue.take(); key !== undefined; key = await this.#queue.take()) {
      const outcome = await this.#pass(key, signal);
      this.#queue.worked(key);
      if (signal.aborted || outcome === undefined || outcome.written.size === 0) this.#queue.done(key);
      else this.#releaseWhenSeen(key, outcome.written, signal);
    }
  }

  /** Undefined when the object is gone. */
  async #pass(key: string, signal: AbortSignal): Promise<PassOutcome | undefined> {
    const object = this.#informer.get(key);
    if (object === undefined) {
      this.#queue.forget(key);
      return undefined;
    }
    const startedAt = this.#clock.monotonic();
    this.#metrics.passStarted();
    const outcome = await runPass(this.#context, key, object, signal);
    const seconds = (this.#clock.monotonic() - startedAt) / 1000;
    const isTerminal = outcome.error?.class === 'permanent';
    this.#metrics.passEnded(resultOf(outcome), seconds, { isTerminal });
    this.#requeue(key, outcome);
    return outcome;
  }

  #requeue(key: string, { requeue }: PassOutcome): void {
    switch (requeue.kind) {
      case 'none':
        this.#queue.forget(key);
        break;
      case 'after':
        this.#queue.forget(key);
        this.#queue.addAfter(key, requeue.ms);
        break;
      case 'backoff':
        this.#queue.addBackoff(key, requeue.capMs === undefined ? {} : { capMs: requeue.capMs });
        break;
    }
  }

  /** Read your own writes: the worker goes on with other keys, this one waits. */
  #releaseWhenSeen(key: string, written: ReadonlyMap<string, string>, signal: AbortSignal): void {
    const settled = this.#settle(key, written, signal).finally(() => this.#settling.delete(settled));
    this.#settling.add(settled);
  }

  async #settle(key: string, written: ReadonlyMap<string, string>, signal: AbortSignal): Promise<void> {
    let isSeen = false;
    try {
      isSeen = await this.#isSeen(key, written);
    } finally {
      this.#queue.done(key);
    }
    if (isSeen) return;
    this.#metrics.staleRead();
    // Passes go on meanwhile, and leave unwritten what they find in the old copy of the object already: once the cache
    // has caught up, which by itself asks for no pass when only the status is new, the object is looked at again.
    while (!isSeen && !signal.aborted) isSeen = await this.#isSeen(key, written);
    if (!signal.aborted) this.#queue.add(key);
  }

  /** Whether the cache has what was written, or gets it in time. */
  async #isSeen(key: string, written: ReadonlyMap<string, string>): Promise<boolean> {
    const { namespace } = parseKey(key);
    const seen = [...written].flatMap(([kind, version]) => {
      const informer = this.#sources.informerById(kind);
      return informer === undefined ? [] : [informer.reached(version, READ_YOUR_WRITES_CAP_MS, namespace)];
    });
    return !(await Promise.all(seen)).includes(false);
  }
}

function resultOf({ error, requeue }: PassOutcome): PassResult {
  if (error !== undefined) return 'error';
  return requeue.kind === 'after' ? 'requeue_after' : 'success';
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
