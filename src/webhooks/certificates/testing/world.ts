/**
 * Replicas, their Secret and the bundles, without cryptography or network: every look and every write is a step of its
 * own, so that they can be interleaved at will, and API servers read bundles as late as they may.
 */
import type { CertificateFacts, LeafFacts } from '../certificate.ts';
import { isValid, type Lifetimes } from '../lifetimes.ts';
import { type BundleFacts, observeTrust, type Plan, plan, type StoredFacts, type TrustedSince } from '../plan.ts';
import { authority, hosts, leaf } from './facts.ts';

interface Versioned<T> {
  readonly version: number;
  readonly value: T;
}

interface Replica {
  serving: LeafFacts | undefined;
  trustedSince: TrustedSince;
  /** what it saw and decided, not yet acted upon */
  pending: { readonly plan: Plan; readonly seen: Seen } | undefined;
}

interface Seen {
  readonly stored: Versioned<StoredFacts | undefined>;
  readonly bundles: readonly Versioned<BundleFacts>[];
}

/** How far an API server's copy of a configuration may lag behind, below what replicas wait for. */
const lag = 5_000;

export class World {
  readonly replicas: Replica[];
  #now: number;
  #monotonic = 0;
  #made = 0;
  #version = 0;
  #secret: Versioned<StoredFacts | undefined> = { version: 0, value: undefined };
  #bundles: Versioned<BundleFacts>[];
  /** every bundle there was, with the moment it was replaced */
  readonly #history: { readonly entries: BundleFacts['entries']; readonly until: number }[] = [];
  readonly #lifetimes: Lifetimes;

  constructor(now: number, replicas: number, bundles: number, lifetimes: Lifetimes) {
    this.#now = now;
    this.#lifetimes = lifetimes;
    this.replicas = Array.from({ length: replicas }, () => blank());
    this.#bundles = Array.from({ length: bundles }, (_, index) => ({
      version: 0,
      value: { name: `b${index}`, entries: [[]] },
    }));
  }

  get now(): Date {
    return new Date(this.#now);
  }

  get stored(): StoredFacts | undefined {
    return this.#secret.value;
  }

  get bundles(): readonly BundleFacts[] {
    return this.#bundles.map(({ value }) => value);
  }

  advance(ms: number): void {
    this.#now += ms;
    this.#monotonic += ms;
  }

  /** The clock of the whole cluster is set forward. */
  jump(ms: number): void {
    this.#now += ms;
  }

  damage(what: 'secret' | 'leaf'): void {
    const { value } = this.#secret;
    const rest = what === 'secret' || value === undefined ? undefined : { ...value, leaf: undefined };
    this.#secret = { version: ++this.#version, value: rest };
  }

  restart(index: number): void {
    this.replicas[index] = blank();
  }

  /** One replica looks and decides. */
  look(replica: Replica): void {
    const seen: Seen = { bundles: [...this.#bundles], stored: this.#secret };
    const bundles = seen.bundles.map(({ value }) => value);
    const authorities = seen.stored.value?.authorities ?? [];
    replica.trustedSince = observeTrust(replica.trustedSince, bundles, authorities, this.#monotonic);
    const decision = plan({
      now: this.now,
      lifetimes: this.#lifetimes,
      hosts,
      stored: seen.stored.value,
      bundles,
      serving: replica.serving,
      trustedFor: new Map([...replica.trustedSince].map(([id, since]) => [id, this.#monotonic - since])),
    });
    if (decision.serve === 'stored') replica.serving = seen.stored.value?.leaf;
    replica.pending = { plan: decision, seen };
  }

  /** It acts on what it decided, which succeeds only where nobody else wrote meanwhile. */
  act(replica: Replica): void {
    const { pending } = replica;
    replica.pending = undefined;
    if (pending === undefined) return;
    const { plan: decision, seen } = pending;
    if (decision.write !== undefined && seen.stored.version === this.#secret.version) {
      this.#secret = { version: ++this.#version, value: this.#realise(decision.write, replica, seen) };
    }
    for (const { version, value } of seen.bundles) {
      const index = this.#bundles.findIndex((bundle) => bundle.value.name === value.name);
      if (!decision.bundles.includes(value.name) || this.#bundles[index]?.version !== version) continue;
      this.#history.push({ entries: value.entries, until: this.#monotonic });
      const entries = value.entries.map(() => seen.stored.value?.authorities ?? []);
      this.#bundles[index] = { version: ++this.#version, value: { name: value.name, entries } };
    }
  }

  /** A whole pass: looks and acts until nothing is left to do. */
  pass(replica: Replica): void {
    for (let looks = 0; looks < 4; looks++) {
      this.look(replica);
      this.act(replica);
    }
  }

  /** Passes of all replicas for as long as one waits for another. */
  rest(): void {
    for (let round = 0; round < 4; round++) {
      for (const replica of this.replicas) this.pass(replica);
      this.advance(this.#lifetimes.settle);
    }
    for (const replica of this.replicas) this.pass(replica);
  }

  /** What an API server would object to when it calls this replica now; undefined when it would not. */
  objection({ serving }: Replica): string | undefined {
    if (serving === undefined) return undefined;
    if (!isValid(serving, this.now)) return `${serving.id} is not valid`;
    const recent = this.#history.filter(({ until }) => this.#monotonic - until < lag).map(({ entries }) => entries);
    const readable = [...this.bundles.map(({ entries }) => entries), ...recent].flat();
    const isTrusted = readable.every((entry) => entry.some(({ id }) => id === serving.issuer.id));
    return isTrusted ? undefined : `${serving.issuer.id} is not in every bundle an API server may read`;
  }

  #realise(write: NonNullable<Plan['write']>, replica: Replica, seen: Seen): StoredFacts {
    const { stored, bundles } = seen;
    const known: CertificateFacts[] = [
      ...(stored.value?.authorities ?? []),
      ...(replica.serving === undefined ? [] : [replica.serving.issuer]),
      ...bundles.flatMap(({ value }) => value.entries.flat()),
    ];
    const kept = stored.value?.authorities[0];
    const { ca, leaf: life } = this.#lifetimes;
    const signer = write.signer === 'keep' && kept !== undefined ? kept : authority(`ca${++this.#made}`, this.#now, ca);
    const trusted = write.trust.flatMap((id) => known.find((certificate) => certificate.id === id) ?? []);
    const issued = () => leaf(`leaf${++this.#made}`, signer, this.#now, life);
    const served = { keep: () => stored.value?.leaf, restore: () => replica.serving, issue: issued }[write.leaf]();
    return { authorities: [signer, ...trusted], leaf: served };
  }
}

function blank(): Replica {
  return { serving: undefined, trustedSince: new Map(), pending: undefined };
}
