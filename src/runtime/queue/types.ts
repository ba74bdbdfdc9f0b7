/**
 * The work queue's contract. Reference behaviour: client-go's rate-limited work queue and controller-runtime's priority
 * queue; what differs is said where it differs.
 */

/** `low` is for what may wait: the first list and resyncs. */
export type Priority = 'normal' | 'low';

export interface AddOptions {
  /** default `normal` */
  readonly priority?: Priority;
}

export interface WorkQueue {
  /**
   * Asks for a pass of `key`. One entry a key: a second add of a waiting key changes nothing but, at most, its priority
   * or its time; an add of a key being processed makes it run once more after `done`.
   */
  add(key: string, options?: AddOptions): void;
  /** `add` in `delayMs`. The earliest of several wins: every pass decides anew when it wants the next. */
  addAfter(key: string, delayMs: number, options?: AddOptions): void;
  /** `addAfter` with the key's exponential backoff, at most `capMs`; counts one more failure. Returns the delay in ms. */
  addBackoff(key: string, options?: AddOptions & { readonly capMs?: number }): number;
  /** The key did well: its backoff starts from the beginning again. */
  forget(key: string): void;
  /** How often `addBackoff` was called since the last `forget`. */
  failures(key: string): number;
  /** The next key, which is the caller's until `done`; `undefined` once the queue has shut down and handed out its last. */
  take(): Promise<string | undefined>;
  /** The pass itself has ended: its duration is measured now, while the key stays held until `done`. Optional. */
  worked(key: string): void;
  /** Gives the key back. */
  done(key: string): void;
  /**
   * Accepts nothing from now on and drops what waits for its time. Keys that are ready are still handed out with
   * `drain`, dropped without. Resolves when no key is held any more.
   */
  shutdown(options?: { readonly drain?: boolean }): Promise<void>;
  /** Keys ready to be taken. */
  readonly depth: number;
  /** Keys waiting for their time. */
  readonly delayed: number;
  /** Keys taken and not yet done. */
  readonly held: number;
  /** For how many seconds each pass that has not ended has been running. */
  running(): readonly { readonly key: string; readonly seconds: number }[];
}

/** What the queue reports; all durations in seconds. */
export interface QueueObserver {
  depth(priority: Priority, keys: number): void;
  added(): void;
  retried(): void;
  waited(seconds: number): void;
  worked(seconds: number): void;
}
