import { describe, expect, it } from 'vitest';
import type { Lease } from '../../client/kinds.ts';
import { claim, decide, defaultTimings, type Observed, observe, released } from './decision.ts';

const key = { namespace: 'ops', name: 'leader' };
const at = new Date('2026-01-01T00:00:00Z');
const time = '2026-01-01T00:00:00.000000Z';

const lease = (spec: NonNullable<Lease['spec']>, resourceVersion = '7'): Lease => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { ...key, resourceVersion },
  spec,
});
const held = (renewTime: string, holderIdentity = 'other') =>
  lease({ holderIdentity, leaseDurationSeconds: 15, renewTime, leaseTransitions: 2 });
const see = (previous: Observed | undefined, seen: Lease | undefined, now: number) =>
  observe(previous, seen, now, defaultTimings);

describe('a process that wants the lease', () => {
  it.each<[string, Observed, number, ReturnType<typeof decide>]>([
    ['takes one that nobody ever held', see(undefined, undefined, 0), 0, { act: 'claim' }],
    ['takes one that was given back', see(undefined, held('a', ''), 0), 0, { act: 'claim' }],
    ['renews its own', see(undefined, held('a', 'me'), 0), 1000, { act: 'claim' }],
    ['renews its own even after it expired', see(undefined, held('a', 'me'), 0), 60_000, { act: 'claim' }],
    ['leaves one alone that was renewed just now', see(undefined, held('a'), 100), 100, { act: 'wait', ms: 15_000 }],
    ['leaves one alone until its last moment', see(undefined, held('a'), 100), 15_099, { act: 'wait', ms: 1 }],
    ['takes one that expired', see(undefined, held('a'), 100), 15_100, { act: 'claim' }],
    ['trusts no clock that wrote it: long ago', see(undefined, held('1970'), 0), 1, { act: 'wait', ms: 14_999 }],
    ['trusts no clock that wrote it: far ahead', see(undefined, held('2999'), 0), 15_000, { act: 'claim' }],
    [
      'counts anew when it is renewed',
      see(see(undefined, held('a'), 0), held('b'), 14_000),
      20_000,
      { act: 'wait', ms: 9000 },
    ],
    [
      'does not count anew when it only looks again',
      see(see(undefined, held('a'), 0), held('a'), 14_000),
      15_000,
      { act: 'claim' },
    ],
    [
      'respects the claim of one that vanished',
      see(see(undefined, held('a'), 0), undefined, 1000),
      2000,
      { act: 'wait', ms: 13_000 },
    ],
    [
      'takes one that vanished once its claim is over',
      see(see(undefined, held('a'), 0), undefined, 1000),
      15_000,
      { act: 'claim' },
    ],
    [
      're-creates its own that vanished',
      see(see(undefined, held('a', 'me'), 0), undefined, 1000),
      2000,
      { act: 'claim' },
    ],
  ])('%s', (_, observed, now, expected) => {
    expect(decide('me', observed, now)).toEqual(expected);
  });

  it('does not count anew when somebody labels it', () => {
    const labelled = { ...held('a'), metadata: { ...key, resourceVersion: '8', labels: { seen: 'yes' } } };
    const observed = see(see(undefined, held('a'), 0), labelled, 9000);
    expect(observed.claimedUntil).toBe(15_000);
    expect(observed.lease?.metadata.resourceVersion).toBe('8');
  });

  it.each([undefined, 0])('respects one with a duration of %s for as long as its own would last', (seconds) => {
    const odd = lease({ holderIdentity: 'other', ...(seconds === undefined ? {} : { leaseDurationSeconds: seconds }) });
    expect(see(undefined, odd, 0).claimedUntil).toBe(15_000);
  });

  it('respects the duration the holder wrote, not its own', () => {
    expect(see(undefined, lease({ holderIdentity: 'other', leaseDurationSeconds: 60 }), 0).claimedUntil).toBe(60_000);
  });
});

describe('a claim', () => {
  it('carries the resource version it was decided on, and counts the change of hands', () => {
    const written = claim(key, 'me', see(undefined, held('a'), 0), at, defaultTimings);
    expect(written.metadata.resourceVersion).toBe('7');
    expect(written.spec).toEqual({
      holderIdentity: 'me',
      leaseDurationSeconds: 15,
      acquireTime: time,
      renewTime: time,
      leaseTransitions: 3,
    });
  });

  it('keeps the time it was acquired at when it is renewed', () => {
    const mine = lease({ holderIdentity: 'me', leaseDurationSeconds: 15, acquireTime: 'then', leaseTransitions: 3 });
    const { spec } = claim(key, 'me', see(undefined, mine, 0), at, defaultTimings);
    expect(spec).toMatchObject({ acquireTime: 'then', renewTime: time, leaseTransitions: 3 });
  });

  it('makes the lease where there is none', () => {
    const written = claim(key, 'me', see(undefined, undefined, 0), at, defaultTimings);
    expect(written.metadata).toEqual(key);
    expect(written.spec?.leaseTransitions).toBe(0);
  });

  it('asks others to respect it for whole seconds, never for less than it lasts', () => {
    const { spec } = claim(key, 'me', see(undefined, undefined, 0), at, { ...defaultTimings, durationMs: 2500 });
    expect(spec?.leaseDurationSeconds).toBe(3);
  });

  it('given back is free for the next at once', () => {
    const free = released(held('a', 'me'), at);
    expect(free.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1, leaseTransitions: 2 });
    expect(decide('other', see(undefined, free, 0), 0)).toEqual({ act: 'claim' });
  });
});
