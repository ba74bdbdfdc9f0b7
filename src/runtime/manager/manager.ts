/**
 * One operator process: starts its parts in order (HTTP, caches, controllers) and stops them in reverse, within a deadline.
 * Webhooks come before the caches and the lease before the controllers, once there are any: `Part` is their contract too.
 */
import type { Logger } from 'pino';
import type { Cache } from '../cache/types.ts';
import type { Clock } from '../clock.ts';
import type { Controller } from '../controller/controller.ts';
import { asDokkerrError } from '../errors.ts';
import type { BackgroundRecorder } from '../events/recorder.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { type HealthCheck, heartbeat } from './health.ts';
import { type HttpOptions, serveHttp } from './http.ts';

/** Kubernetes' default grace period is 30 s; what is left of it is for the rest of the process. */
const DEFAULT_STOP_DEADLINE_MS = 20_000;
/** The share of the stop that events may take. */
const EVENTS_DEADLINE_MS = 3000;

export interface ManagerOptions {
  readonly cache: Cache;
  readonly controllers: readonly Controller[];
  readonly events: BackgroundRecorder;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly clock: Clock;
  readonly http: HttpOptions;
  /** milliseconds from the stop signal until what still runs is given up (default 20 000) */
  readonly stopDeadlineMs?: number;
  /** further checks of `/healthz`, such as that a certificate is valid */
  readonly checks?: readonly HealthCheck[];
}

/** Something that runs between start and stop. */
interface Part {
  readonly name: string;
  /** Resolves once the next part may start. */
  start(): Promise<void>;
  /** Resolves once it has ended. */
  stop(): Promise<void>;
}

export interface Manager {
  /**
   * Runs until `signal` aborts or a part fails, then stops everything.
   * @returns whether everything ended within the deadline
   * @throws what a part failed with, after the others were stopped
   */
  run(signal: AbortSignal): Promise<{ clean: boolean }>;
  /** Where probes and metrics are served, once `run` has come that far. */
  readonly port: number | undefined;
}

export function createManager(options: ManagerOptions): Manager {
  return new OperatorManager(options);
}

class OperatorManager implements Manager {
  readonly #options: ManagerOptions;
  readonly #stopCache = new AbortController();
  readonly #stopControllers = new AbortController();
  readonly #failure = Promise.withResolvers<never>();
  #port: number | undefined;
  #started: Promise<void>[] = [];
  #state: 'starting' | 'syncing' | 'running' | 'stopping' = 'starting';

  constructor(options: ManagerOptions) {
    this.#options = options;
    // A failure that comes while nobody races it yet is still reported by the race in `run`.
    this.#failure.promise.catch(() => undefined);
  }

  get port(): number | undefined {
    return this.#port;
  }

  async run(signal: AbortSignal): Promise<{ clean: boolean }> {
    const started: Part[] = [];
    const stopped = aborted(signal);
    let failure: unknown;
    try {
      for (const part of [this.#http(), this.#events(), this.#cache(), this.#controllers()]) {
        if (signal.aborted) break;
        started.push(part);
        await Promise.race([part.start(), stopped, this.#failure.promise]);
      }
      if (!signal.aborted) this.#options.log.info('running');
      await Promise.race([stopped, this.#failure.promise]);
    } catch (thrown) {
      failure = thrown;
    }
    const clean = await this.#stop(started.reverse());
    if (failure !== undefined) throw asDokkerrError(failure);
    return { clean };
  }

  #http(): Part {
    const { http, metrics, clock, controllers, checks = [], log } = this.#options;
    const beat = heartbeat(clock);
    const consumers = controllers.map(
      (controller): HealthCheck => ({ name: `controller-${controller.name}`, problem: () => controller.problem() }),
    );
    const readiness: HealthCheck = {
      name: 'started',
      problem: () => (this.#state === 'running' ? undefined : `the operator is ${this.#state}`),
    };
    const live = [beat, this.#watches(), ...consumers, ...checks];
    let close: () => Promise<void> = async () => undefined;
    return {
      name: 'http',
      start: async () => {
        const server = await serveHttp(http, { registry: metrics.registry, live, ready: [readiness, ...live] });
        this.#port = server.port;
        close = () => server.close();
        log.info({ port: server.port }, 'serving /healthz, /readyz and /metrics');
      },
      stop: () => {
        beat.stop();
        return close();
      },
    };
  }

  /** A watch that does nothing at all leaves its controllers blind while everything else looks well. */
  #watches(): HealthCheck {
    return {
      name: 'watches',
      problem: () => {
        const stalled = this.#options.cache.status().filter(({ stalledSince }) => stalledSince !== undefined);
        return stalled.length === 0 ? undefined : `stalled: ${stalled.map(({ kind }) => kind).join(', ')}`;
      },
    };
  }

  #events(): Part {
    return { name: 'events', start: async () => undefined, stop: () => this.#options.events.stop(EVENTS_DEADLINE_MS) };
  }

  #cache(): Part {
    const { cache, clock, log } = this.#options;
    return {
      name: 'caches',
      start: async () => {
        this.#state = 'syncing';
        const begin = clock.monotonic();
        cache.start(this.#stopCache.signal);
        await cache.synced(this.#stopCache.signal);
        log.info({ seconds: (clock.monotonic() - begin) / 1000 }, 'caches synced');
      },
      stop: async () => this.#stopCache.abort(),
    };
  }

  #controllers(): Part {
    const { controllers } = this.#options;
    return {
      name: 'controllers',
      start: async () => {
        this.#started = controllers.map((controller) => controller.start(this.#stopControllers.signal));
        for (const ended of this.#started)
          ended.catch((thrown: unknown) => this.#failure.reject(asDokkerrError(thrown)));
        this.#state = 'running';
      },
      stop: async () => {
        this.#stopControllers.abort();
        await Promise.allSettled(this.#started);
      },
    };
  }

  async #stop(parts: readonly Part[]): Promise<boolean> {
    const { clock, log, stopDeadlineMs = DEFAULT_STOP_DEADLINE_MS } = this.#options;
    this.#state = 'stopping';
    log.info('stopping');
    const deadline = Promise.withResolvers<'late'>();
    const cancel = clock.after(stopDeadlineMs, () => deadline.resolve('late'));
    let clean = true;
    for (const part of parts) {
      const ended = await Promise.race([part.stop(), deadline.promise]);
      if (ended !== 'late') continue;
      clean = false;
      log.error(`${part.name} did not stop within ${stopDeadlineMs / 1000} s`);
    }
    cancel();
    return clean;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
