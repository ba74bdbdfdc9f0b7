/**
 * The operator's metrics: one registry, built once and passed on. Names and labels are those of controller-runtime and
 * client-go, because users' dashboards and alerts already know them; the operator's own carry its name.
 */

import type { CacheObserver } from '../cache/types.ts';
import type { Kind } from '../client/types.ts';
import type { QueueObserver, WorkQueue } from '../queue/types.ts';
import { createCacheMetrics } from './cache.ts';
import { createProcessMetrics } from './process.ts';
import { Counter, Gauge, Histogram, Registry } from './prometheus.ts';

/** How a pass ended, as controller-runtime calls it. */
export type PassResult = 'success' | 'error' | 'requeue_after' | 'requeue';
const passResults: readonly PassResult[] = ['success', 'error', 'requeue_after', 'requeue'];

/** controller-runtime's buckets of `controller_runtime_reconcile_time_seconds`, thinned to every other one. */
const passSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** client-go's buckets of the work queue's histograms: powers of ten from 10 ns up. */
const queueSeconds = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10];
/** Steps reach from a look into the cache to a data transfer of hours. */
const stepSeconds = [0.001, 0.01, 0.1, 1, 10, 60, 300, 1800, 7200];
/** client-go's buckets of `rest_client_request_duration_seconds`. Its label `host` would have one value here. */
const requestSeconds = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];

/** What one controller reports. */
export interface ControllerMetrics {
  readonly queue: QueueObserver;
  /** Lets the queue be asked, when scraped, for what is still running. */
  watchQueue(queue: WorkQueue): void;
  passStarted(): void;
  passEnded(result: PassResult, seconds: number, outcome: { isTerminal: boolean }): void;
  step(step: string, result: string, seconds: number): void;
  /** The cache had not seen the last write of a pass within its cap. */
  staleRead(): void;
  /** An apply that changed nothing. */
  needlessApply(kind: Kind): void;
}

export interface Metrics {
  readonly registry: Registry;
  /** @param name the controller's @param kind what it drives, for the step metric @param concurrency its workers */
  controller(name: string, kind: Kind, concurrency: number): ControllerMetrics;
  /** One request of the client, as its observer: `code` is the HTTP status, or a word when there was no answer. */
  readonly request: (verb: string, kind: string, code: string, seconds: number) => void;
  /** what the cache reports to */
  readonly cache: CacheObserver;
  /** An event that was not written, and why. */
  eventDropped(reason: 'queue_full' | 'spam' | 'failed'): void;
}

/** @param prefix of the operator's own metrics, without the underscore */
export function createMetrics(prefix: string): Metrics {
  const registry = new Registry();
  createProcessMetrics(registry);
  const registers = [registry];
  const controller = ['controller'] as const;
  const queue = ['name', 'controller'] as const;

  const passes = new Counter({
    name: 'controller_runtime_reconcile_total',
    help: 'Passes, by how they ended.',
    labelNames: [...controller, 'result'],
    registers,
  });
  const errors = new Counter({
    name: 'controller_runtime_reconcile_errors_total',
    help: 'Passes that ended in an error.',
    labelNames: controller,
    registers,
  });
  const terminal = new Counter({
    name: 'controller_runtime_terminal_reconcile_errors_total',
    help: 'Passes that ended in an error which no retry can cure.',
    labelNames: controller,
    registers,
  });
  const passTime = new Histogram({
    name: 'controller_runtime_reconcile_time_seconds',
    help: 'Duration of a pass.',
    labelNames: controller,
    buckets: passSeconds,
    registers,
  });
  const maxWorkers = new Gauge({
    name: 'controller_runtime_max_concurrent_reconciles',
    help: 'Passes that may run at once.',
    labelNames: controller,
    registers,
  });
  const activeWorkers = new Gauge({
    name: 'controller_runtime_active_workers',
    help: 'Passes that are running.',
    labelNames: controller,
    registers,
  });
  const depth = new Gauge({
    name: 'workqueue_depth',
    help: 'Keys ready to be taken.',
    labelNames: [...queue, 'priority'],
    registers,
  });
  const adds = new Counter({
    name: 'workqueue_adds_total',
    help: 'Keys that became ready.',
    labelNames: queue,
    registers,
  });
  const retries = new Counter({
    name: 'workqueue_retries_total',
    help: 'Keys queued again with backoff.',
    labelNames: queue,
    registers,
  });
  const queueTime = new Histogram({
    name: 'workqueue_queue_duration_seconds',
    help: 'How long a key waited, once ready.',
    labelNames: queue,
    buckets: queueSeconds,
    registers,
  });
  const workTime = new Histogram({
    name: 'workqueue_work_duration_seconds',
    help: 'How long a key was worked on.',
    labelNames: queue,
    buckets: queueSeconds,
    registers,
  });
  const queues = new Map<string, WorkQueue>();
  const running = (name: string) =>
    queues
      .get(name)
      ?.running()
      .map(({ seconds }) => seconds) ?? [];
  new Gauge({
    name: 'workqueue_unfinished_work_seconds',
    help: 'Seconds of work in progress, added up.',
    labelNames: queue,
    registers,
    collect() {
      for (const name of queues.keys()) {
        this.set(
          { name, controller: name },
          running(name).reduce((sum, seconds) => sum + seconds, 0),
        );
      }
    },
  });
  new Gauge({
    name: 'workqueue_longest_running_processor_seconds',
    help: 'Seconds the longest work in progress has taken so far.',
    labelNames: queue,
    registers,
    collect() {
      for (const name of queues.keys()) this.set({ name, controller: name }, Math.max(0, ...running(name)));
    },
  });
  const steps = new Histogram({
    name: `${prefix}_step_seconds`,
    help: 'Duration of one entry into a step of an itinerary.',
    labelNames: ['kind', 'step', 'result'],
    buckets: stepSeconds,
    registers,
  });
  const staleReads = new Counter({
    name: `${prefix}_stale_reads_total`,
    help: 'Keys released before the cache had seen their last write.',
    labelNames: controller,
    registers,
  });
  const needlessApplies = new Counter({
    name: `${prefix}_needless_applies_total`,
    help: 'Applies of a child that changed nothing.',
    labelNames: [...controller, 'kind'],
    registers,
  });
  const requests = new Counter({
    name: 'rest_client_requests_total',
    help: 'Requests to the API server.',
    labelNames: ['code', 'method'],
    registers,
  });
  const requestTime = new Histogram({
    name: 'rest_client_request_duration_seconds',
    help: 'Duration of a request to the API server.',
    labelNames: ['verb'],
    buckets: requestSeconds,
    registers,
  });
  const eventsDropped = new Counter({
    name: `${prefix}_events_dropped_total`,
    help: 'Events that were not written.',
    labelNames: ['reason'],
    registers,
  });
  for (const reason of ['queue_full', 'spam', 'failed']) eventsDropped.inc({ reason }, 0);

  return {
    registry,
    cache: createCacheMetrics(registry, prefix),
    request(verb, _kind, code, seconds) {
      requests.inc({ code, method: verb });
      requestTime.observe({ verb }, seconds);
    },
    eventDropped: (reason) => eventsDropped.inc({ reason }),
    controller(name, kind, concurrency) {
      const own = { controller: name };
      const ofQueue = { name, controller: name };
      for (const result of passResults) passes.inc({ ...own, result }, 0);
      for (const counter of [errors, terminal, staleReads]) counter.inc(own, 0);
      for (const counter of [adds, retries]) counter.inc(ofQueue, 0);
      for (const priority of ['normal', 'low']) depth.set({ ...ofQueue, priority }, 0);
      maxWorkers.set(own, concurrency);
      activeWorkers.set(own, 0);
      passTime.zero(own);
      queueTime.zero(ofQueue);
      workTime.zero(ofQueue);
      const endedAs = {
        success: passes.labels({ ...own, result: 'success' }),
        error: passes.labels({ ...own, result: 'error' }),
        requeue_after: passes.labels({ ...own, result: 'requeue_after' }),
        requeue: passes.labels({ ...own, result: 'requeue' }),
      };
      const depthOf = {
        normal: depth.labels({ ...ofQueue, priority: 'normal' }),
        low: depth.labels({ ...ofQueue, priority: 'low' }),
      };
      const [added, retried] = [adds.labels(ofQueue), retries.labels(ofQueue)];
      const [waited, worked] = [queueTime.labels(ofQueue), workTime.labels(ofQueue)];
      // Looking a label set up costs more than observing, and steps are many.
      const stepTimes = new Map<string, { observe(seconds: number): void }>();
      const stepTime = (step: string, result: string) => {
        const id = `${step}/${result}`;
        const known = stepTimes.get(id) ?? steps.labels({ kind: kind.kind, step, result });
        stepTimes.set(id, known);
        return known;
      };
      const [active, took] = [activeWorkers.labels(own), passTime.labels(own)];
      return {
        queue: {
          depth: (priority, keys) => depthOf[priority].set(keys),
          added: () => added.inc(),
          retried: () => retried.inc(),
          waited: (seconds) => waited.observe(seconds),
          worked: (seconds) => worked.observe(seconds),
        },
        watchQueue: (watched) => queues.set(name, watched),
        passStarted: () => active.inc(),
        passEnded(result, seconds, { isTerminal }) {
          active.dec();
          took.observe(seconds);
          endedAs[result].inc();
          if (result === 'error') errors.inc(own);
          if (isTerminal) terminal.inc(own);
        },
        step: (step, result, seconds) => stepTime(step, result).observe(seconds),
        staleRead: () => staleReads.inc(own),
        needlessApply: (child) => needlessApplies.inc({ ...own, kind: child.kind }),
      };
    },
  };
}
