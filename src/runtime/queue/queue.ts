/**
 * The work queue: keys in, one pass at a time out. Every key has at most one entry, which is delayed, ready, held by a
 * worker, or held and wanted again. Relies on the injected clock for delays; the order is the lanes' and the heap's.
 */
import type { Clock } from '../clock.ts';
import { type HeapItem, IndexedHeap } from './heap.ts';
import { Lanes, type Linked } from './lanes.ts';
import type { AddOptions, Priority, QueueObserver, WorkQueue } from './types.ts';

/** client-go's per-item exponential failure limiter: 5 ms doubling to 1000 s. */
const BASE_DELAY_MS = 5;
const MAX_DELAY_MS = 1_000_000;

interface Entry extends HeapItem, Linked<Entry> {
  readonly key: string;
  /** when a delayed entry becomes ready; also breaks ties towards the one added first, by `ticket` */
  readyAt: number;
  ticket: number;
  /** priority of the pass that is wanted; undefined when none is */
  wanted: Priority | undefined;
  /** when it became ready */
  since: number;
  held: boolean;
  /** when the running pass began; undefined once it has `worked` */
  startedAt: number | undefined;
}

export interface QueueOptions {
  readonly clock: Clock;
  readonly observer?: QueueObserver;
}

export function createQueue(options: QueueOptions): WorkQueue {
  return new Queue(options);
}

class Queue implements WorkQueue {
  readonly #clock: Clock;
  readonly #observer: QueueObserver | undefined;
  readonly #entries = new Map<string, Entry>();
  readonly #held = new Set<Entry>();
  readonly #failures = new Map<string, number>();
  readonly #ready = new Lanes<Entry>();
  readonly #later = new IndexedHeap<Entry>(
    (a, b) => a.readyAt < b.readyAt || (a.readyAt === b.readyAt && a.ticket < b.ticket),
  );
  readonly #takers: ((key: string | undefined) => void)[] = [];
  #alarm: { at: number; cancel: () => void } | undefined;
  #tickets = 0;
  #closed = false;
  #drained: (() => void)[] = [];

  constructor({ clock, observer }: QueueOptions) {
    this.#clock = clock;
    this.#observer = observer;
  }

  get depth(): number {
    return this.#ready.size;
  }

  get delayed(): number {
    return this.#later.size;
  }

  get held(): number {
    return this.#held.size;
  }

  add(key: string, { priority = 'normal' }: AddOptions = {}): void {
    if (this.#closed) return;
    const entry = this.#entryOf(key);
    if (entry.heapIndex >= 0) this.#promote(entry, priority);
    else this.#makeReady(entry, priority);
  }

  addAfter(key: string, delayMs: number, { priority = 'normal' }: AddOptions = {}): void {
    if (delayMs <= 0) {
      this.add(key, { priority });
      return;
    }
    if (this.#closed) return;
    const entry = this.#entryOf(key);
    const readyAt = this.#clock.monotonic() + delayMs;
    const waitsForTime = entry.heapIndex >= 0;
    if (entry.wanted !== undefined && !waitsForTime) return;
    if (waitsForTime && entry.readyAt <= readyAt) return;
    this.#later.remove(entry);
    entry.wanted = higher(entry.wanted, priority);
    entry.readyAt = readyAt;
    entry.ticket = this.#tickets++;
    this.#later.push(entry);
    this.#setAlarm();
  }

  addBackoff(key: string, options: AddOptions & { readonly capMs?: number } = {}): number {
    const failures = this.failures(key);
    const delay = Math.min(BASE_DELAY_MS * 2 ** failures, options.capMs ?? MAX_DELAY_MS, MAX_DELAY_MS);
    if (this.#closed) return delay;
    this.#failures.set(key, failures + 1);
    this.#observer?.retried();
    this.addAfter(key, delay, options);
    return delay;
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  take(): Promise<string | undefined> {
    const entry = this.#ready.shift();
    if (entry !== undefined) return Promise.resolve(this.#handOut(entry));
    if (this.#closed && this.#held.size === 0) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  worked(key: string): void {
    const entry = this.#entries.get(key);
    if (entry?.startedAt === undefined) return;
    this.#observer?.worked((this.#clock.monotonic() - entry.startedAt) / 1000);
    entry.startedAt = undefined;
  }

  done(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined || !entry.held) return;
    this.worked(key);
    entry.held = false;
    this.#held.delete(entry);
    if (entry.wanted === undefined) this.#entries.delete(key);
    else if (entry.heapIndex < 0) this.#offer(entry, entry.wanted);
    this.#settle();
  }

  shutdown({ drain = false }: { readonly drain?: boolean } = {}): Promise<void> {
    this.#closed = true;
    this.#alarm?.cancel();
    this.#alarm = undefined;
    this.#later.clear();
    for (const entry of this.#entries.values()) {
      if (!drain || (entry.lane === undefined && !entry.held)) this.#drop(entry);
    }
    return new Promise((resolve) => {
      this.#drained.push(resolve);
      this.#settle();
    });
  }

  running(): readonly { readonly key: string; readonly seconds: number }[] {
    const now = this.#clock.monotonic();
    return [...this.#held].flatMap(({ key, startedAt }) =>
      startedAt === undefined ? [] : [{ key, seconds: (now - startedAt) / 1000 }],
    );
  }

  #entryOf(key: string): Entry {
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = {
        key,
        heapIndex: -1,
        lane: undefined,
        previous: undefined,
        next: undefined,
        readyAt: 0,
        ticket: 0,
        wanted: undefined,
        since: 0,
        held: false,
        startedAt: undefined,
      };
      this.#entries.set(key, entry);
    }
    return entry;
  }

  /** A delayed entry's time has come, or somebody wants it earlier; it keeps the higher of both priorities. */
  #promote(entry: Entry, priority: Priority): void {
    this.#later.remove(entry);
    const wanted = higher(entry.wanted, priority);
    entry.wanted = undefined;
    this.#makeReady(entry, wanted);
  }

  /** The entry is wanted now: into a lane, unless a worker holds the key; then `done` will put it there. */
  #makeReady(entry: Entry, priority: Priority): void {
    const alreadyReady = entry.lane !== undefined || (entry.held && entry.wanted !== undefined);
    const wanted = higher(entry.wanted, priority);
    if (!alreadyReady) {
      this.#observer?.added();
      entry.since = this.#clock.monotonic();
    }
    if (entry.held) entry.wanted = wanted;
    else if (entry.lane === undefined) this.#offer(entry, wanted);
    else if (entry.lane !== wanted) {
      this.#ready.remove(entry);
      this.#observer?.depth('low', this.#ready.sizeOf('low'));
      this.#offer(entry, wanted);
    }
  }

  #offer(entry: Entry, priority: Priority): void {
    entry.wanted = priority;
    const taker = this.#takers.shift();
    if (taker !== undefined) {
      taker(this.#handOut(entry));
      return;
    }
    this.#ready.push(entry, priority);
    this.#observer?.depth(priority, this.#ready.sizeOf(priority));
  }

  #handOut(entry: Entry): string {
    const now = this.#clock.monotonic();
    if (entry.wanted !== undefined) this.#observer?.depth(entry.wanted, this.#ready.sizeOf(entry.wanted));
    this.#observer?.waited((now - entry.since) / 1000);
    entry.wanted = undefined;
    entry.held = true;
    entry.startedAt = now;
    this.#held.add(entry);
    return entry.key;
  }

  #drop(entry: Entry): void {
    this.#ready.remove(entry);
    entry.wanted = undefined;
    if (!entry.held) this.#entries.delete(entry.key);
  }

  /** Ends a shutdown once nothing is ready and nothing held, so nothing can become ready any more. */
  #settle(): void {
    if (!this.#closed || this.#ready.size > 0 || this.#held.size > 0) return;
    for (const taker of this.#takers.splice(0)) taker(undefined);
    for (const resolve of this.#drained.splice(0)) resolve();
  }

  #setAlarm(): void {
    const next = this.#later.peek();
    if (next === undefined || (this.#alarm !== undefined && this.#alarm.at <= next.readyAt)) return;
    this.#alarm?.cancel();
    const delay = Math.max(0, next.readyAt - this.#clock.monotonic());
    this.#alarm = { at: next.readyAt, cancel: this.#clock.after(delay, () => this.#ring()) };
  }

  #ring(): void {
    this.#alarm = undefined;
    const now = this.#clock.monotonic();
    for (let entry = this.#later.peek(); entry !== undefined && entry.readyAt <= now; entry = this.#later.peek()) {
      this.#promote(entry, 'low');
    }
    this.#setAlarm();
  }
}

function higher(a: Priority | undefined, b: Priority): Priority {
  return a === 'normal' || b === 'normal' ? 'normal' : 'low';
}
