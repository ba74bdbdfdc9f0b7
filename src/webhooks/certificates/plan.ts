/**
 * What is to be done about the webhooks' certificates. Pure: facts in, decision out; whoever acts looks again afterwards.
 *
 * A new authority is first only added to the bundles, beside the old one; the leaf moves to it once every bundle has held
 * both for a while; the old authority leaves when the last leaf it can have signed has expired.
 */
import { type CertificateFacts, canonicalHost, type LeafFacts } from './certificate.ts';
import { authoritySubject } from './issue.ts';
import { isDue, issuedAt, isValid, type Lifetimes } from './lifetimes.ts';

/** What the Secret holds: authorities to trust, of which the first signs, and the leaf all replicas serve. */
export interface StoredFacts {
  readonly authorities: readonly CertificateFacts[];
  readonly leaf: LeafFacts | undefined;
}

/** One configuration whose `caBundle`s are ours to keep. */
export interface BundleFacts {
  readonly name: string;
  /** the certificates of each of its webhooks */
  readonly entries: readonly (readonly CertificateFacts[])[];
}

export interface PlanInput {
  readonly now: Date;
  readonly lifetimes: Lifetimes;
  readonly hosts: readonly string[];
  /** undefined when the Secret is missing or cannot be used */
  readonly stored: StoredFacts | undefined;
  readonly bundles: readonly BundleFacts[];
  /** what this replica serves at present */
  readonly serving: LeafFacts | undefined;
  /** for how many milliseconds this replica has seen an authority in every bundle, by its id */
  readonly trustedFor: ReadonlyMap<string, number>;
}

/** What the Secret shall hold from now on. */
export interface Write {
  /** one sentence for the log */
  readonly reason: string;
  readonly signer: 'keep' | 'new';
  /** ids of the authorities that stay trusted behind the signing one */
  readonly trust: readonly string[];
  /** `restore`: the one this replica serves */
  readonly leaf: 'keep' | 'restore' | 'issue';
}

export interface Plan {
  readonly write?: Write;
  /** configurations whose bundles are not what the Secret says; none while the Secret is to be written */
  readonly bundles: readonly string[];
  /** `keep` what is served already, if anything */
  readonly serve: 'stored' | 'keep';
}

/** Authorities kept in a bundle, so that a Secret deleted over and over does not fill the configuration. */
const maxTrusted = 8;

export function plan(input: PlanInput): Plan {
  const write = planWrite(input);
  const serve = planServing(input);
  return write === undefined ? { bundles: staleBundles(input), serve } : { write, bundles: [], serve };
}

function planWrite(input: PlanInput): Write | undefined {
  const { now, stored } = input;
  const signer = stored?.authorities[0];
  if (signer === undefined) return newSigner(input, 'there is no usable authority');
  if (!isValid(signer, now)) return newSigner(input, 'the authority is not valid at this time');
  if (isDue(signer, now)) return newSigner(input, 'the authority nears its end');
  return planLeaf(input, signer) ?? dropOld(input, signer);
}

/** The new one signs nothing yet while there is a leaf to go on with. */
function newSigner(input: PlanInput, reason: string): Write {
  const { now, stored, serving } = input;
  const kept = isUsable(stored?.leaf, input) ? stored?.leaf : undefined;
  const restored = kept === undefined && isUsable(serving, input) ? serving : undefined;
  const issuer = (kept ?? restored)?.issuer;
  const known = [
    ...(issuer === undefined ? [] : [issuer]),
    ...[...(stored?.authorities ?? []), ...adopted(input)].sort((a, b) => issuedAt(b) - issuedAt(a)),
  ];
  const trust = [...new Set(known.filter(({ notAfter }) => notAfter > now).map(({ id }) => id))];
  return {
    reason,
    signer: 'new',
    trust: trust.slice(0, maxTrusted - 1),
    leaf: kept !== undefined ? 'keep' : restored !== undefined ? 'restore' : 'issue',
  };
}

/** When the Secret is lost, the bundles still tell which authorities other replicas' leaves are from. */
function adopted({ bundles }: PlanInput): CertificateFacts[] {
  return bundles.flatMap(({ entries }) => entries.flat()).filter(({ subject }) => subject === authoritySubject);
}

function planLeaf(input: PlanInput, signer: CertificateFacts): Write | undefined {
  const { now, stored, lifetimes, trustedFor } = input;
  const leaf = stored?.leaf;
  const issue = (reason: string): Write => ({ reason, signer: 'keep', trust: trustOf(input), leaf: 'issue' });
  if (leaf === undefined) return issue('there is no usable certificate');
  if (!isValid(leaf, now)) return issue('the certificate is not valid at this time');
  if (!isUsable(leaf, input)) return issue('the certificate is for other hosts');
  if (leaf.issuer.id === signer.id) return isDue(leaf, now) ? issue('the certificate nears its end') : undefined;
  const isSettled = (trustedFor.get(signer.id) ?? -1) >= lifetimes.settle;
  return isSettled ? issue('every bundle holds the new authority') : undefined;
}

/**
 * Every leaf of an old authority was signed before the present one was made, so none lives longer than a leaf's life
 * from then on.
 */
function dropOld(input: PlanInput, signer: CertificateFacts): Write | undefined {
  const { now, lifetimes, stored } = input;
  const lastLeafGone = issuedAt(signer) + lifetimes.leaf <= now.getTime();
  const trusted = trustOf(input);
  const inUse = stored?.leaf?.issuer.id;
  const old = stored?.authorities.slice(1) ?? [];
  const stay = old.filter(({ id, notAfter }) => id === inUse || (!lastLeafGone && notAfter > now)).map(({ id }) => id);
  if (stay.length === trusted.length) return undefined;
  return { reason: 'the last leaf of an old authority has gone', signer: 'keep', trust: stay, leaf: 'keep' };
}

function trustOf({ stored }: PlanInput): string[] {
  return stored?.authorities.slice(1).map(({ id }) => id) ?? [];
}

function isUsable(leaf: LeafFacts | undefined, { now, hosts }: PlanInput): boolean {
  if (leaf === undefined || !isValid(leaf, now)) return false;
  const wanted = [...new Set(hosts.map(canonicalHost))];
  return wanted.length === leaf.hosts.length && wanted.every((host) => leaf.hosts.includes(host));
}

function staleBundles({ stored, bundles }: PlanInput): string[] {
  const wanted = ids(stored?.authorities ?? []);
  return bundles.filter(({ entries }) => entries.some((entry) => ids(entry) !== wanted)).map(({ name }) => name);
}

function ids(certificates: readonly CertificateFacts[]): string {
  return certificates.map(({ id }) => id).join();
}

/** A replica leaves the leaf it serves only for one that API servers already trust, unless its own is worth nothing. */
function planServing({ now, lifetimes, stored, serving, trustedFor }: PlanInput): Plan['serve'] {
  const leaf = stored?.leaf;
  if (leaf === undefined || !isValid(leaf, now)) return 'keep';
  const trusted = trustedFor.get(leaf.issuer.id);
  if (serving === undefined) return trusted === undefined ? 'keep' : 'stored';
  if (!isValid(serving, now) || serving.issuer.id === leaf.issuer.id) return 'stored';
  const isLeftAlone = !trustedFor.has(serving.issuer.id);
  return trusted !== undefined && (isLeftAlone || trusted >= lifetimes.settle) ? 'stored' : 'keep';
}

/** When an authority was first seen in every bundle: milliseconds of a clock that never goes back, by id. */
export type TrustedSince = ReadonlyMap<string, number>;

/**
 * What was seen before, brought up to what the bundles hold now. Where no configuration is installed, everything that is
 * stored counts as trusted: nobody calls.
 */
export function observeTrust(
  before: TrustedSince,
  bundles: readonly BundleFacts[],
  authorities: readonly CertificateFacts[],
  at: number,
): TrustedSince {
  const entries = bundles.flatMap((bundle) => bundle.entries);
  const candidates = [...authorities, ...entries.flat()].map(({ id }) => id);
  const held = candidates.filter((id) => entries.every((entry) => entry.some((certificate) => certificate.id === id)));
  return new Map(held.map((id) => [id, before.get(id) ?? at]));
}
