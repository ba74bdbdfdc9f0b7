/**
 * Who may act: what a process concludes from a Lease as it saw it, and what it writes to claim or give it back. Pure.
 * The rules are client-go's (tools/leaderelection): nobody's clock but our own monotonic one decides when a claim ends.
 */
import type { Lease } from '../../client/kinds.ts';
import type { ObjectKey } from '../../client/types.ts';
import { microTime } from '../../events/event-object.ts';

/** Milliseconds; each shorter than the one before. */
export interface LeaseTimings {
  /** how long others leave a holder alone that they see no renewal of */
  readonly durationMs: number;
  /** how long a holder acts after its last renewal; the rest of the duration is the margin that keeps two from acting */
  readonly renewDeadlineMs: number;
  /** between two renewals, and between two looks of those who wait */
  readonly retryMs: number;
}

/** The figures of kube-controller-manager and controller-runtime. */
export const defaultTimings: LeaseTimings = { durationMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2000 };

/** What is known of the Lease. */
export interface Observed {
  /** undefined when there was none at the last look */
  readonly lease: Lease | undefined;
  /** whose claim it is, or was before the Lease vanished; empty for nobody's */
  readonly holder: string;
  /** monotonic milliseconds until which that claim has to be respected */
  readonly claimedUntil: number;
}

/**
 * What is known after one more look. A claim counts anew from the moment its record was seen to change: the times written
 * in it are another machine's. A Lease that somebody deleted ends no claim, since its holder may not know yet.
 * @param now monotonic milliseconds
 */
export function observe(
  previous: Observed | undefined,
  lease: Lease | undefined,
  now: number,
  own: LeaseTimings,
): Observed {
  if (lease === undefined)
    return { lease, holder: previous?.holder ?? '', claimedUntil: previous?.claimedUntil ?? now };
  const holder = lease.spec?.holderIdentity ?? '';
  if (previous?.lease !== undefined && recordOf(previous.lease) === recordOf(lease)) return { ...previous, lease };
  const seconds = lease.spec?.leaseDurationSeconds ?? 0;
  return { lease, holder, claimedUntil: now + (seconds > 0 ? seconds * 1000 : own.durationMs) };
}

/** What of a Lease says that its holder is alive; metadata may change for other reasons. */
function recordOf({ spec = {} }: Lease): string {
  const { holderIdentity, leaseDurationSeconds, acquireTime, renewTime, leaseTransitions } = spec;
  return JSON.stringify([holderIdentity, leaseDurationSeconds, acquireTime, renewTime, leaseTransitions]);
}

export type Decision = { readonly act: 'claim' } | { readonly act: 'wait'; readonly ms: number };

/** Claims what is ours, free or expired; else says how long the claim of the other has still to be respected. */
export function decide(identity: string, { holder, claimedUntil }: Observed, now: number): Decision {
  if (holder === identity || holder === '' || now >= claimedUntil) return { act: 'claim' };
  return { act: 'wait', ms: claimedUntil - now };
}

/** The Lease as our claim or renewal; it carries the resource version seen, so that only one of several can win. */
export function claim(
  key: ObjectKey,
  identity: string,
  { lease }: Observed,
  now: Date,
  { durationMs }: LeaseTimings,
): Lease {
  const { acquireTime, leaseTransitions = 0, holderIdentity } = lease?.spec ?? {};
  const isRenewal = holderIdentity === identity;
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: lease === undefined ? key : lease.metadata,
    spec: {
      ...lease?.spec,
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(durationMs / 1000),
      acquireTime: isRenewal && acquireTime !== undefined ? acquireTime : microTime(now),
      renewTime: microTime(now),
      leaseTransitions: isRenewal || lease === undefined ? leaseTransitions : leaseTransitions + 1,
    },
  };
}

/** The Lease given back: free for the next at once. */
export function released(lease: Lease, now: Date): Lease {
  const time = microTime(now);
  return {
    ...lease,
    spec: { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1, acquireTime: time, renewTime: time },
  };
}
