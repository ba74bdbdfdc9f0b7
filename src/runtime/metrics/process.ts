/**
 * What every process tells of itself, under the names that Prometheus' own clients have made usual. Read when it is scraped;
 * only the event loop's delay and the collector's pauses are noted while they happen.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { constants, monitorEventLoopDelay, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, type Registry } from './prometheus.ts';

/** Milliseconds between two looks at the event loop: each wakes the process, and a delay that matters is longer. */
const delayResolution = 50;
const pauseSeconds = [0.001, 0.01, 0.1, 1, 2, 5];

const pauseKinds: ReadonlyMap<number, string> = new Map([
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
]);

export function createProcessMetrics(registry: Registry): void {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number): void => {
    const made: Gauge = new Gauge({ name, help, registers, collect: () => made.set(read()) });
  };
  const processorTime: Counter = new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time spent, user and system, in seconds.',
    registers,
    collect: () => {
      const { user, system } = process.cpuUsage();
      processorTime.reset();
      processorTime.inc((user + system) / 1e6);
    },
  });
  const startedAt = Date.now() / 1000 - process.uptime();
  gauge('process_start_time_seconds', 'When the process began, in seconds since 1970.', () => startedAt);
  gauge('process_resident_memory_bytes', 'Resident memory in bytes.', () => process.memoryUsage.rss());
  gauge('process_open_fds', 'Open file descriptors.', () => readdirSync('/proc/self/fd').length);
  gauge('process_max_fds', 'File descriptors that may be open.', maxOpenFiles);
  gauge('nodejs_heap_size_total_bytes', 'Heap in bytes.', () => process.memoryUsage().heapTotal);
  gauge('nodejs_heap_size_used_bytes', 'Used heap in bytes.', () => process.memoryUsage().heapUsed);
  gauge('nodejs_external_memory_bytes', 'Memory outside of the heap in bytes.', () => process.memoryUsage().external);
  watchEventLoop(gauge);
  watchPauses(registry);
}

function maxOpenFiles(): number {
  return Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? Number.NaN);
}

/** Of the time since the last scrape. */
function watchEventLoop(gauge: (name: string, help: string, read: () => number) => void): void {
  const delays = monitorEventLoopDelay({ resolution: delayResolution });
  delays.enable();
  gauge('nodejs_eventloop_lag_mean_seconds', 'Delay of the event loop, mean.', () => delays.mean / 1e9);
  gauge('nodejs_eventloop_lag_p50_seconds', 'Delay of the event loop, half.', () => delays.percentile(50) / 1e9);
  gauge('nodejs_eventloop_lag_max_seconds', 'Delay of the event loop, most.', () => delays.max / 1e9);
  gauge('nodejs_eventloop_lag_p99_seconds', 'Delay of the event loop, 99 of 100.', () => {
    const delay = delays.percentile(99) / 1e9;
    delays.reset();
    return delay;
  });
}

function watchPauses(registry: Registry): void {
  const pauses = new Histogram({
    name: 'nodejs_gc_duration_seconds',
    help: 'Pauses for collecting garbage, by kind.',
    labelNames: ['kind'],
    buckets: pauseSeconds,
    registers: [registry],
  });
  const observer = new PerformanceObserver((list) => {
    // Entries of type `gc` carry what kind they were, which the types of entries in general leave out.
    for (const { duration, detail } of list.getEntries() as (PerformanceEntry & { detail: { kind: number } })[]) {
      pauses.observe({ kind: pauseKinds.get(detail.kind) ?? 'other' }, duration / 1000);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
}
