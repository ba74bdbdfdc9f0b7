/**
 * Keeps the webhooks' own authority and certificate: looks, does what `plan.ts` says, looks again. Every replica does the
 * same; the Secret's resourceVersion decides whose write counts, and the others take over what it says.
 */
import type { Logger } from 'pino';
import { Secret } from '#runtime/client/kinds.ts';
import type { Client, ObjectKey } from '#runtime/client/types.ts';
import { type Clock, pause } from '#runtime/clock.ts';
import { asDokkerrError, type DokkerrError } from '#runtime/errors.ts';
import { type Bundle, type ConfigurationReference, readBundles, writeBundle } from './bundles.ts';
import type { Certificate, Leaf } from './certificate.ts';
import { createAuthority, issueLeaf } from './issue.ts';
import type { Lifetimes } from './lifetimes.ts';
import { observeTrust, type Plan, plan, type TrustedSince, type Write } from './plan.ts';
import type { CertificateListener, CertificateSource } from './source.ts';
import { bundleOf, readStored, type Stored, secretOf } from './stored.ts';

export interface RotationOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Logger;
  /** the Secret that all replicas share */
  readonly secret: ObjectKey;
  readonly configurations: readonly ConfigurationReference[];
  /** DNS names and addresses the API server calls the webhooks by */
  readonly hosts: readonly string[];
  readonly lifetimes: Lifetimes;
  /** milliseconds between looks */
  readonly interval: number;
}

/** Milliseconds between tries until the first certificate is there. */
const startRetry = 1000;

/** Looks in one pass. Each but the last followed a write, its own or another replica's; more would be a quarrel. */
const maxLooks = 10;

export class CertificateRotation implements CertificateSource {
  readonly #options: RotationOptions;
  #serving: Leaf | undefined;
  #trustedSince: TrustedSince = new Map();
  #listener: CertificateListener = () => undefined;

  constructor(options: RotationOptions) {
    this.#options = options;
  }

  async start(listener: CertificateListener, signal: AbortSignal): Promise<void> {
    this.#listener = listener;
    const { clock, log, interval } = this.#options;
    while (this.#serving === undefined && !signal.aborted) {
      const error = await this.#tryPass(signal);
      if (error !== undefined && error.class !== 'transient' && error.class !== 'conflict') throw error;
      if (this.#serving === undefined) await pause(clock, startRetry, signal);
    }
    this.#keepCurrent(interval, signal).catch((thrown: unknown) => {
      log.error({ err: asDokkerrError(thrown) }, 'the rotation of certificates has ended');
    });
  }

  /** One pass: until nothing is left to do. Exposed for tests that decide when one happens. */
  async pass(signal?: AbortSignal): Promise<void> {
    const { client, configurations, log } = this.#options;
    for (let looks = 0; looks < maxLooks; looks++) {
      // The bundles first: who wrote them by a newer Secret than the one read below did so after this, and is noticed.
      const bundles = await readBundles(client, configurations, signal);
      const secret = await client.get(Secret, this.#options.secret, signal === undefined ? {} : { signal });
      const stored = readStored(secret);
      const next = this.#plan(stored, bundles);
      if (next.serve === 'stored') this.#serve(stored?.leaf);
      if (next.write !== undefined) await this.#write(next.write, stored, bundles, secret, signal);
      else if (next.bundles.length > 0 && stored !== undefined)
        await this.#publish(next.bundles, stored, bundles, signal);
      else return;
    }
    log.warn('certificates: another writer keeps changing the Secret or the bundles');
  }

  async #keepCurrent(interval: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(this.#options.clock, interval, signal);
      if (!signal.aborted) await this.#tryPass(signal);
    }
  }

  /** What is served goes on being served; the next look is the retry. */
  async #tryPass(signal: AbortSignal): Promise<DokkerrError | undefined> {
    try {
      await this.pass(signal);
      return undefined;
    } catch (thrown) {
      const error = asDokkerrError(thrown);
      if (!signal.aborted)
        this.#options.log.error({ err: error, code: error.code }, 'certificates could not be checked');
      return error;
    }
  }

  #plan(stored: Stored | undefined, bundles: readonly Bundle[]): Plan {
    const { clock, hosts, lifetimes } = this.#options;
    const at = clock.monotonic();
    this.#trustedSince = observeTrust(this.#trustedSince, bundles, stored?.authorities ?? [], at);
    const trustedFor = new Map([...this.#trustedSince].map(([id, since]) => [id, at - since]));
    return plan({ now: clock.now(), lifetimes, hosts, stored, bundles, serving: this.#serving, trustedFor });
  }

  #serve(leaf: Leaf | undefined): void {
    if (leaf === undefined || leaf.id === this.#serving?.id) return;
    this.#serving = leaf;
    this.#listener(leaf);
    const { notAfter, issuer } = leaf;
    this.#options.log.info({ notAfter, certificate: leaf.id, authority: issuer.id }, 'serving a new certificate');
  }

  /** Writes the Secret unless another replica was faster: then there is something else to look at. */
  async #write(
    write: Write,
    stored: Stored | undefined,
    bundles: readonly Bundle[],
    before: Secret | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { client, log, secret } = this.#options;
    const next = secretOf(secret, this.#realise(write, stored, bundles));
    const options = signal === undefined ? {} : { signal };
    try {
      if (before === undefined) await client.create(Secret, next, options);
      else {
        // Its type cannot change, and its resourceVersion is what makes this fail when another replica was faster.
        const { type = 'Opaque', metadata } = before;
        await client.update(Secret, { ...next, type, metadata: { ...metadata, ...next.metadata } }, options);
      }
      log.info({ signer: write.signer, leaf: write.leaf }, `certificates renewed: ${write.reason}`);
    } catch (thrown) {
      const error = asDokkerrError(thrown);
      if (error.class !== 'conflict') throw error;
      log.info('another replica renewed the certificates first');
    }
  }

  /** The planned content: certificates made, or found again by their ids. */
  #realise(write: Write, stored: Stored | undefined, bundles: readonly Bundle[]): Stored {
    const { clock, hosts, lifetimes } = this.#options;
    const now = clock.now();
    const isNew = write.signer === 'new' || stored === undefined;
    const signer = isNew ? createAuthority(now, lifetimes.ca) : { certificate: stored.authorities[0], key: stored.key };
    const known: Certificate[] = [
      ...(stored?.authorities ?? []),
      ...(this.#serving === undefined ? [] : [this.#serving.issuer]),
      ...bundles.flatMap(({ entries }) => entries.flat()),
    ];
    const trusted = write.trust.flatMap((id) => known.find((certificate) => certificate.id === id) ?? []);
    const leaf = {
      keep: () => stored?.leaf,
      restore: () => this.#serving,
      issue: () => issueLeaf(signer, hosts, now, lifetimes.leaf),
    }[write.leaf]();
    return { authorities: [signer.certificate, ...trusted], key: signer.key, leaf };
  }

  async #publish(
    names: readonly string[],
    { authorities }: Stored,
    bundles: readonly Bundle[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { client, log } = this.#options;
    for (const bundle of bundles) {
      if (!names.includes(bundle.name)) continue;
      const written = await writeBundle(client, bundle, bundleOf(authorities), signal);
      if (written) log.info({ authorities: authorities.length }, `wrote the caBundle of ${bundle.name}`);
    }
  }
}
