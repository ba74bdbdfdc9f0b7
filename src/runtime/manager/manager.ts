/**
 * One operator process: starts its parts in order (HTTP, webhooks, caches, lease, controllers) and stops them in reverse,
 * within a deadline. A process that waits for the lease is ready: its caches are warm, and nothing of it acts yet.
 */
import type { Logger } from 'pino';
import type { Cache } from '../cache/types.ts';
import type { Clock } from '../clock.ts';
import type { Controller } from '../controller/controller.ts';
import { asDokkerrError, DokkerrError } from '../errors.ts';
import type { BackgroundRecorder } from '../events/recorder.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { type HealthCheck, heartbeat } from './health.ts';
import { type HttpOptions, serveHttp } from './http.ts';
import type { Election } from './lease/election.ts';

/** Kubernetes' default grace period is 30 s; what is left of it is for the rest of the process. */
const DEFAULT_STOP_DEADLINE_MS = 20_000;
/** The share of the stop that events may take. */
const EVENTS_DEADLINE_MS = 3000;
/** Without the lease nothing may be finished in peace: what others do by now would be undone. */
const LOST_DEADLINE_MS = 1000;

export interface ManagerOptions {
  /** absent where nothing is watched */
  readonly cache?: Cache | undefined;
  readonly controllers?: readonly Controller[] | undefined;
  /** absent where nothing is told */
  readonly events?: BackgroundRecorder | undefined;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly clock: Clock;
  readonly http: HttpOptions;
  /** serve admission; started before the caches, since they may be asked about every object the caches are to show */
  readonly webhooks?: Part | undefined;
  /** absent: this process acts without asking whether another does */
  readonly election?: Election | undefined;
  /** milliseconds from the stop signal until what still runs is given up (default 20 000) */
  readonly stopDeadlineMs?: number;
  /** further checks of `/readyz` alone, such as that a certificate is valid */
  readonly readiness?: readonly HealthCheck[];
  /** further checks of `/healthz`, and so of `/readyz` too */
  readonly checks?: readonly HealthCheck[];
}

/** Something that runs between start and stop. */
export interface Part {
  readonly name: string;
  /** Resolves once the next part may start. */
  start(): Promise<void>;
  /** Resolves once it has ended. @param haste something failed: what is only courtesy is left out */
  stop(haste: boolean): Promise<void>;
}

/** `standby` has everything but the lease. */
type State = 'starting' | 'syncing' | 'standby' | 'running' | 'stopping';

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
  #state: State = 'starting';

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
      for (const part of this.#parts(signal)) {
        if (signal.aborted) break;
        started.push(part);
        await Promise.race([part.start(), stopped, this.#failure.promise]);
      }
      if (!signal.aborted) this.#options.log.info('running');
      await Promise.race([stopped, this.#failure.promise]);
    } catch (thrown) {
      failure = thrown;
    }
    const error = failure === undefined ? undefined : asDokkerrError(failure);
    const clean = await this.#stop(started.reverse(), error);
    if (error !== undefined) throw error;
    return { clean };
  }

  #parts(signal: AbortSignal): Part[] {
    const { webhooks, election, events, cache } = this.#options;
    return [
      this.#http(),
      ...(events === undefined ? [] : [this.#events(events)]),
      ...(webhooks === undefined ? [] : [webhooks]),
      ...(cache === undefined ? [] : [this.#cache(cache)]),
      ...(election === undefined ? [] : [this.#lease(election, signal)]),
      this.#controllers(),
    ];
  }

  #http(): Part {
    const { http, metrics, clock, controllers = [], checks = [], readiness = [], election, log } = this.#options;
    const beat = heartbeat(clock);
    const consumers = controllers.map(
      (controller): HealthCheck => ({ name: `controller-${controller.name}`, problem: () => controller.problem() }),
    );
    const started: HealthCheck = {
      name: 'started',
      problem: () => (isReady(this.#state) ? undefined : `the operator is ${this.#state}`),
    };
    const electing: HealthCheck[] =
      election === undefined ? [] : [{ name: 'lease', problem: () => election.problem() }];
    const live = [beat, this.#watches(), ...electing, ...consumers, ...checks];
    let close: () => Promise<void> = async () => undefined;
    return {
      name: 'http',
      start: async () => {
        const server = await serveHttp(http, {
          registry: metrics.registry,
          live,
          ready: [started, ...readiness, ...live],
        });
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
        const stalled = (this.#options.cache?.status() ?? []).filter(({ stalledSince }) => stalledSince !== undefined);
        return stalled.length === 0 ? undefined : `stalled: ${stalled.map(({ kind }) => kind).join(', ')}`;
      },
    };
  }

  #events(events: BackgroundRecorder): Part {
    return { name: 'events', start: async () => undefined, stop: () => events.stop(EVENTS_DEADLINE_MS) };
  }

  #cache(cache: Cache): Part {
    const { clock, log } = this.#options;
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

  #lease(election: Election, signal: AbortSignal): Part {
    return {
      name: 'lease',
      start: async () => {
        this.#state = 'standby';
        void election.lost.then((error) => this.#failure.reject(error));
        if (!(await election.acquire(signal)) && !signal.aborted) throw await election.lost;
      },
      stop: () => election.release(),
    };
  }

  #controllers(): Part {
    const { controllers = [] } = this.#options;
    return {
      name: 'controllers',
      start: async () => {
        this.#started = controllers.map((controller) => this.#consume(controller));
        this.#state = 'running';
      },
      stop: async () => {
        this.#stopControllers.abort();
        await Promise.allSettled(this.#started);
      },
    };
  }

  /** A consumer that ends by itself leaves its objects to nobody, however it ended: then the process is of no use. */
  async #consume(controller: Controller): Promise<void> {
    const { signal } = this.#stopControllers;
    try {
      await controller.start(signal);
      if (!signal.aborted) throw new DokkerrError('DKR_INTERNAL', `controller ${controller.name} ended by itself`);
    } catch (thrown) {
      this.#failure.reject(asDokkerrError(thrown));
    }
  }

  async #stop(parts: readonly Part[], error: DokkerrError | undefined): Promise<boolean> {
    const { clock, log } = this.#options;
    const { stopDeadlineMs: given = DEFAULT_STOP_DEADLINE_MS } = this.#options;
    const stopDeadlineMs = error?.code === 'DKR_LEASE_LOST' ? Math.min(LOST_DEADLINE_MS, given) : given;
    this.#state = 'stopping';
    log.info('stopping');
    const deadline = Promise.withResolvers<'late'>();
    const cancel = clock.after(stopDeadlineMs, () => deadline.resolve('late'));
    let clean = true;
    for (const part of parts) {
      const ended = await Promise.race([part.stop(error !== undefined), deadline.promise]);
      if (ended !== 'late') continue;
      clean = false;
      log.error(`${part.name} did not stop within ${stopDeadlineMs / 1000} s`);
    }
    cancel();
    return clean;
  }
}

function isReady(state: State): boolean {
  return state === 'standby' || state === 'running';
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
