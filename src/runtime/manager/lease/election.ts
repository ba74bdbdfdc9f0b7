/**
 * One process's part in the election of a leader by a `coordination.k8s.io/v1` Lease: waits for it, holds it, gives it
 * back. `decision.ts` decides; here are the requests, the timers and the one promise that counts: whoever holds the Lease
 * knows that it no longer does before anybody else may take it.
 */
import type { Logger } from 'pino';
import { Lease } from '../../client/kinds.ts';
import { type Client, keyOf, type ObjectKey } from '../../client/types.ts';
import type { Clock } from '../../clock.ts';
import { asDokkerrError, DokkerrError } from '../../errors.ts';
import type { EventRecorder } from '../../events/types.ts';
import { claim, decide, type LeaseTimings, type Observed, observe, released } from './decision.ts';

/** Those who wait look again after up to this share more than the retry period, so that they do not all come at once. */
const JITTER = 0.2;
/** Milliseconds the Lease may take to be given back; after that the others wait for it to expire. */
const RELEASE_MS = 3000;

export interface ElectionOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: EventRecorder;
  /** where the Lease is, or is to be made; always with a namespace */
  readonly key: ObjectKey;
  /** of this very process; a successor of the same name must have another */
  readonly identity: string;
  readonly timings: LeaseTimings;
  /** uniform in [0, 1) */
  readonly random: () => number;
  /** told whether this process leads, at every change */
  readonly onChange?: (leading: boolean) => void;
  /** Calls back at every change of the Lease that a watch sees, so that nobody has to wait for the next look. */
  readonly changes?: (listener: (lease: Lease | undefined) => void) => () => void;
}

export interface Election {
  readonly identity: string;
  /** Resolves to true once the Lease is held, which it is from then on until `release` or `lost`; false when `signal` aborts. */
  acquire(signal: AbortSignal): Promise<boolean>;
  /** Whether this process may act, by the clock: false from the renew deadline on, even if no timer ran since. */
  isHeld(): boolean;
  /** Resolves, with the reason, when the Lease was held and is not any more without having been released. */
  readonly lost: Promise<DokkerrError>;
  /** Gives the Lease back, if it is ours. To be called when nothing acts any more. Never rejects. */
  release(): Promise<void>;
  /** What is wrong with the election itself, for a health check. */
  problem(): string | undefined;
}

export function createElection(options: ElectionOptions): Election {
  return new LeaseElection(options);
}

class LeaseElection implements Election {
  readonly identity: string;
  readonly #options: ElectionOptions;
  readonly #lost = Promise.withResolvers<DokkerrError>();
  readonly #stop = new AbortController();
  #state: 'waiting' | 'leading' | 'lost' | 'over' = 'waiting';
  #observed: Observed | undefined;
  /** monotonic milliseconds */
  #heldUntil = Number.NEGATIVE_INFINITY;
  #activeAt: number;
  /** A claim was sent: it may be ours even if the answer never came. */
  #mayBeOurs = false;
  #renewing: Promise<void> = Promise.resolve();
  #toldOf: string | undefined;
  /** The Lease changed since the last look began. */
  #isStale = false;
  #wakeUp: () => void = () => undefined;
  #cancelDeadline: () => void = () => undefined;
  #unsubscribe: () => void = () => undefined;

  constructor(options: ElectionOptions) {
    this.#options = options;
    this.identity = options.identity;
    this.#activeAt = options.clock.monotonic();
  }

  get lost(): Promise<DokkerrError> {
    return this.#lost.promise;
  }

  isHeld(): boolean {
    return this.#state === 'leading' && this.#options.clock.monotonic() < this.#heldUntil;
  }

  async acquire(signal: AbortSignal): Promise<boolean> {
    const { timings, random, changes } = this.#options;
    const stop = () => this.#end();
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    this.#unsubscribe = changes?.((lease) => this.#changed(lease)) ?? this.#unsubscribe;
    try {
      while (!this.#stop.signal.aborted) {
        const respectMs = await this.#attempt(() => this.#look());
        if (this.isHeld()) return true;
        await this.#sleep(Math.min(timings.retryMs * (1 + random() * JITTER), respectMs ?? Number.POSITIVE_INFINITY));
      }
      return false;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  async release(): Promise<void> {
    const wasLeading = this.#state === 'leading';
    if (this.#state !== 'lost') this.#state = 'over';
    this.#end();
    await this.#renewing;
    if (this.#state === 'lost' || !this.#mayBeOurs) return;
    const { client, clock, log, key, identity } = this.#options;
    try {
      await this.#within(RELEASE_MS, async (signal) => {
        const lease = await client.get(Lease, key, { signal });
        if (lease?.spec?.holderIdentity !== identity) return;
        this.#tell(lease, `${identity} stopped leading`);
        await client.update(Lease, released(lease, clock.now()), { signal });
        log.info({ lease: keyOf(key), identity }, 'gave the lease back');
      });
    } catch (thrown) {
      this.#tellOfKeeping(asDokkerrError(thrown));
    }
    if (wasLeading) this.#options.onChange?.(false);
  }

  problem(): string | undefined {
    const { clock, timings } = this.#options;
    if (this.#stop.signal.aborted) return undefined;
    const silentMs = clock.monotonic() - this.#activeAt;
    // An attempt takes at most half a renew deadline and the pause after it a retry period; several of both are no hitch.
    if (silentMs <= 3 * (timings.renewDeadlineMs + timings.retryMs)) return undefined;
    return `nothing was done about the lease for ${Math.round(silentMs / 1000)} s`;
  }

  /** Reads the Lease and claims it if that is allowed; else resolves to how long it has to be respected. */
  async #look(): Promise<number | undefined> {
    const { client, clock, key, identity, timings } = this.#options;
    const lease = await this.#within(timings.renewDeadlineMs / 2, (signal) => client.get(Lease, key, { signal }));
    this.#observed = observe(this.#observed, lease, clock.monotonic(), timings);
    if (this.#state === 'leading' && this.#observed.holder !== identity) {
      this.#lose(`${this.#observed.holder || 'somebody'} took it`);
      return undefined;
    }
    const decision = decide(identity, this.#observed, clock.monotonic());
    if (decision.act === 'claim') return this.#claim(this.#observed);
    this.#tellOfHolder(this.#observed.holder);
    return decision.ms;
  }

  /** Makes it ours for another renew deadline, counted from before the request left: others count from after it arrived. */
  async #claim(observed: Observed): Promise<undefined> {
    const { client, clock, key, identity, timings } = this.#options;
    const sentAt = clock.monotonic();
    const wanted = claim(key, identity, observed, clock.now(), timings);
    this.#mayBeOurs = true;
    const written = await this.#within(timings.renewDeadlineMs / 2, (signal) =>
      observed.lease === undefined
        ? client.create(Lease, wanted, { signal })
        : client.update(Lease, wanted, { signal }),
    );
    this.#observed = observe(observed, written, clock.monotonic(), timings);
    if (this.#state === 'lost' || this.#state === 'over') return;
    this.#heldUntil = sentAt + timings.renewDeadlineMs;
    this.#armDeadline();
    if (this.#state === 'waiting') this.#lead(written);
  }

  #lead(lease: Lease): void {
    const { log, key, identity, onChange } = this.#options;
    this.#state = 'leading';
    onChange?.(true);
    log.info({ lease: keyOf(key), identity }, 'became the leader');
    this.#tell(lease, `${identity} became leader`);
    this.#renewing = this.#keepRenewing();
  }

  async #keepRenewing(): Promise<void> {
    while (this.#state === 'leading') {
      await this.#sleep(this.#options.timings.retryMs);
      if (this.#state === 'leading') await this.#attempt(() => this.#renew());
    }
  }

  /** Without reading first: the resource version tells whether anybody wrote since. */
  async #renew(): Promise<undefined> {
    try {
      if (this.#observed !== undefined) return await this.#claim(this.#observed);
    } catch (thrown) {
      const { code } = asDokkerrError(thrown);
      if (code !== 'DKR_API_CONFLICT' && code !== 'DKR_API_NOT_FOUND') throw thrown;
    }
    await this.#look();
    return undefined;
  }

  /** The renew deadline as a timer; `isHeld` does not wait for it. */
  #armDeadline(): void {
    const { clock, timings } = this.#options;
    this.#cancelDeadline();
    const end = () => this.#lose(`it could not be renewed for ${timings.renewDeadlineMs / 1000} s`);
    this.#cancelDeadline = clock.after(Math.max(0, this.#heldUntil - clock.monotonic()), end);
  }

  #lose(why: string): void {
    if (this.#state !== 'leading') return;
    const { log, key, identity, onChange } = this.#options;
    this.#state = 'lost';
    this.#end();
    onChange?.(false);
    const message = `lost the lease ${keyOf(key)}: ${why}`;
    log.error({ lease: keyOf(key), identity, code: 'DKR_LEASE_LOST' }, message);
    if (this.#observed?.lease !== undefined) this.#tell(this.#observed.lease, `${identity} stopped leading: ${why}`);
    this.#lost.resolve(new DokkerrError('DKR_LEASE_LOST', message));
  }

  /** What the watch saw is only a reason to look: it may be older than what we wrote. */
  #changed(lease: Lease | undefined): void {
    const isOurs = lease?.spec?.holderIdentity === this.identity;
    if (this.#state === 'waiting' || (this.#state === 'leading' && !isOurs)) {
      this.#isStale = true;
      this.#wakeUp();
    }
  }

  #end(): void {
    this.#stop.abort();
    this.#cancelDeadline();
    this.#unsubscribe();
    this.#wakeUp();
  }

  /** Whatever goes wrong is tried again: the deadline, not an error, ends leadership. */
  async #attempt<T>(act: () => Promise<T | undefined>): Promise<T | undefined> {
    const { clock, log, key } = this.#options;
    this.#activeAt = clock.monotonic();
    this.#isStale = false;
    try {
      return await act();
    } catch (thrown) {
      const error = asDokkerrError(thrown);
      if (this.#stop.signal.aborted) return undefined;
      // Others won the race for it, as all but one must.
      const level = error.class === 'conflict' ? 'debug' : 'warn';
      log[level]({ err: error, lease: keyOf(key), code: error.code }, `the lease was not obtained: ${error.message}`);
      return undefined;
    }
  }

  /** Runs one request with a signal that aborts after `ms` or when the election ends (a release has only the former). */
  async #within<T>(ms: number, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    const cancel = this.#options.clock.after(ms, () => abort.abort());
    const onStop = () => abort.abort();
    if (this.#state !== 'over') this.#stop.signal.addEventListener('abort', onStop, { once: true });
    try {
      return await act(abort.signal);
    } finally {
      cancel();
      this.#stop.signal.removeEventListener('abort', onStop);
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stop.signal.aborted || this.#isStale) return resolve();
      const cancel = this.#options.clock.after(ms, () => this.#wakeUp());
      this.#wakeUp = () => {
        cancel();
        resolve();
      };
    });
  }

  /** Whoever is uninstalled has lost its Role by now, and there is nobody who waits. */
  #tellOfKeeping(error: DokkerrError): void {
    const { log, key } = this.#options;
    const lease = keyOf(key);
    if (error.code === 'DKR_API_FORBIDDEN' || error.code === 'DKR_API_NOT_FOUND')
      log.info({ lease, code: error.code }, 'may not give the lease back any more; it expires');
    else log.warn({ err: error, lease }, 'the lease could not be given back; the others wait until it expires');
  }

  #tellOfHolder(holder: string): void {
    if (holder === this.#toldOf) return;
    this.#toldOf = holder;
    this.#options.log.info({ lease: keyOf(this.#options.key), holder }, 'standing by while another process leads');
  }

  #tell(lease: Lease, note: string): void {
    this.#options.events.record(lease, { type: 'Normal', reason: 'LeaderElection', action: 'Elect', note });
  }
}
