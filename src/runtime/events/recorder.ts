/**
 * Writes Events behind the passes' backs: `record` only notes, a background writer creates and updates. The same event
 * again within six minutes counts up a series; an object that talks too much is cut off; a full queue drops. Sources:
 * client-go's tools/events (series) and tools/record (spam filter).
 */
import type { Logger } from 'pino';
import type { Client, KubernetesObject } from '../client/types.ts';
import { type Clock, pause } from '../clock.ts';
import { asDokkerrError } from '../errors.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { type EventObject, eventKind, eventObject, microTime, type Reporter, seriesKey } from './event-object.ts';
import { TokenBucket } from './token-bucket.ts';
import type { EventNote, EventRecorder } from './types.ts';

/** An event repeated within this time belongs to the series of the first. */
const SERIES_WINDOW_MS = 6 * 60_000;
/** A series is written at most this often. */
const SERIES_WRITE_MS = 30_000;
/** client-go's spam filter: 25 new events an object at once, then one every 5 minutes. */
const SPAM_BURST = 25;
const SPAM_REFILL_MS = 5 * 60_000;
/** Writes that may wait; a cluster that cannot take them has other troubles. */
const MAX_PENDING = 1000;
/** Objects and series remembered: client-go's cache size. */
const MAX_REMEMBERED = 4096;
const RETRY_DELAYS_MS = [500, 2000, 8000];

export interface RecorderOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'eventDropped'>;
  readonly reporter: Reporter;
}

export interface BackgroundRecorder extends EventRecorder {
  /** Writes what is still to be written, for at most `deadlineMs`; records nothing afterwards. */
  stop(deadlineMs: number): Promise<void>;
}

export function createEventRecorder(options: RecorderOptions): BackgroundRecorder {
  return new Recorder(options);
}

interface Series {
  readonly event: EventObject;
  count: number;
  writtenCount: number;
  lastObserved: Date;
  observedAt: number;
  writtenAt: number;
  /** a write is queued, or a timer will queue one */
  isPending: boolean;
}

class Recorder implements BackgroundRecorder {
  readonly #options: RecorderOptions;
  readonly #series = new Map<string, Series>();
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #pending: Series[] = [];
  readonly #timers = new Map<Series, () => void>();
  readonly #abort = new AbortController();
  #writer: Promise<void> | undefined;
  #isWriting = false;
  #isStopping = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  record(regarding: KubernetesObject, event: EventNote): void {
    if (this.#isStopping) return;
    const { clock, reporter } = this.#options;
    const now = clock.monotonic();
    const key = seriesKey(regarding, event);
    const known = this.#series.get(key);
    if (known !== undefined && now - known.observedAt <= SERIES_WINDOW_MS) {
      known.count++;
      known.observedAt = now;
      known.lastObserved = clock.now();
      this.#writeLater(known, now);
      return;
    }
    if (!this.#bucketOf(regarding, now).take(now)) {
      this.#drop('spam');
      return;
    }
    const at = clock.now();
    const series: Series = {
      event: eventObject(regarding, event, at, reporter),
      count: 1,
      writtenCount: 0,
      lastObserved: at,
      observedAt: now,
      writtenAt: now,
      isPending: true,
    };
    this.#series.delete(key);
    remember(this.#series, key, series);
    this.#enqueue(series);
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#isStopping = true;
    for (const [series, cancel] of this.#timers) {
      cancel();
      this.#enqueue(series);
    }
    this.#timers.clear();
    const cancelDeadline = this.#options.clock.after(deadlineMs, () => this.#abort.abort());
    await this.#writer;
    cancelDeadline();
  }

  #bucketOf(regarding: KubernetesObject, now: number): TokenBucket {
    const { uid, namespace, name } = regarding.metadata;
    const key = uid ?? `${regarding.kind}/${namespace}/${name}`;
    const bucket = this.#buckets.get(key) ?? new TokenBucket(SPAM_BURST, SPAM_REFILL_MS, now);
    this.#buckets.delete(key);
    remember(this.#buckets, key, bucket);
    return bucket;
  }

  #writeLater(series: Series, now: number): void {
    if (series.isPending) return;
    series.isPending = true;
    const wait = series.writtenAt + SERIES_WRITE_MS - now;
    if (wait <= 0) {
      this.#enqueue(series);
      return;
    }
    const cancel = this.#options.clock.after(wait, () => {
      this.#timers.delete(series);
      this.#enqueue(series);
    });
    this.#timers.set(series, cancel);
  }

  #enqueue(series: Series): void {
    if (this.#pending.length >= MAX_PENDING) {
      series.isPending = false;
      this.#drop('queue_full');
      return;
    }
    this.#pending.push(series);
    if (this.#isWriting) return;
    this.#isWriting = true;
    this.#writer = this.#write();
  }

  async #write(): Promise<void> {
    for (let series = this.#pending.shift(); series !== undefined; series = this.#pending.shift()) {
      series.isPending = false;
      if (this.#abort.signal.aborted) this.#drop('failed');
      else await this.#writeOne(series);
    }
    this.#isWriting = false;
  }

  async #writeOne(series: Series): Promise<void> {
    const { clock, log } = this.#options;
    for (const retryDelay of [...RETRY_DELAYS_MS, undefined]) {
      try {
        await this.#send(series);
        return;
      } catch (thrown) {
        const error = asDokkerrError(thrown);
        if (error.class === 'transient' && retryDelay !== undefined && !this.#abort.signal.aborted) {
          await pause(clock, error.retryAfterMs ?? retryDelay, this.#abort.signal);
          continue;
        }
        this.#drop('failed');
        const { reason, regarding } = series.event;
        log.warn(
          { err: error, reason, object: `${regarding.namespace}/${regarding.name}` },
          'an event was not written',
        );
        return;
      }
    }
  }

  async #send(series: Series): Promise<void> {
    const { count } = series;
    if (series.writtenCount === 0) await this.#create(series);
    else if (count > series.writtenCount) await this.#count(series);
    series.writtenCount = count;
    series.writtenAt = this.#options.clock.monotonic();
  }

  async #create(series: Series): Promise<void> {
    try {
      await this.#options.client.create(eventKind, this.#counted(series), { signal: this.#abort.signal });
    } catch (thrown) {
      // An attempt whose answer was lost has written it already: the name is the event's own.
      if (asDokkerrError(thrown).class !== 'conflict') throw thrown;
    }
  }

  async #count(series: Series): Promise<void> {
    const patch = { series: { count: series.count, lastObservedTime: microTime(series.lastObserved) } };
    try {
      await this.#options.client.patch(eventKind, series.event.metadata, patch, { signal: this.#abort.signal });
    } catch (thrown) {
      if (asDokkerrError(thrown).code !== 'DKR_API_NOT_FOUND') throw thrown;
      // The API server keeps Events for an hour; a series that outlives that begins anew.
      await this.#create(series);
    }
  }

  /** A first write that comes late may already stand for several. */
  #counted({ event, count, lastObserved }: Series): EventObject {
    return count === 1 ? event : { ...event, series: { count, lastObservedTime: microTime(lastObserved) } };
  }

  #drop(reason: Parameters<Metrics['eventDropped']>[0]): void {
    this.#options.metrics.eventDropped(reason);
  }
}

/** Adds to a map that forgets its oldest entry when it is full. */
function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.set(key, value);
  if (map.size <= MAX_REMEMBERED) return;
  const oldest = map.keys().next();
  if (oldest.done !== true) map.delete(oldest.value);
}
