import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecoveryStatus } from '#crds/container.ts';
import { aPod } from '#test/fixtures/objects.ts';
import { decideRecovery, pauseBefore, type RecoveryFacts, type Trouble } from './decide.ts';

const policy = { maxAttempts: 3, pause: '1m' };
const minute = 60_000;
const start = Date.parse('2026-01-01T00:00:00Z');
const at = (minutes: number) => new Date(start + minutes * minute);
const crash: Trouble = { cause: 'CrashLoop', pods: [aPod('web-1', {})], message: 'pod web-1 exited with code 3' };
const silent: Trouble = { cause: 'NodeLost', pods: [aPod('web-1', {})], message: 'node a', blocked: 'taint it' };

const facts = (given: Partial<RecoveryFacts>): RecoveryFacts => ({
  trouble: undefined,
  readySince: undefined,
  record: undefined,
  now: at(0),
  ...given,
});

/** Decides at those minutes, one after the other, under one and the same trouble. */
function suffer(trouble: Trouble, minutes: readonly number[], record?: RecoveryStatus) {
  const changes: (string | undefined)[] = [];
  let known = record;
  for (const minute of minutes) {
    const decision = decideRecovery(facts({ trouble, record: known, now: at(minute) }), policy);
    known = decision.record;
    changes.push(decision.change);
  }
  return { changes, record: known };
}

describe('the recovery of pods that crash again and again', () => {
  it('begins by waiting, attempts after 1, 4 and 16 minutes, and gives up a minute after the last attempt', () => {
    const { changes, record } = suffer(crash, [0, 0.9, 1, 4.9, 5, 20.9, 21, 21.9, 22, 100]);
    expect(changes).toEqual([
      'RecoveryStarted',
      undefined,
      'RecoveryAttempted',
      undefined,
      'RecoveryAttempted',
      undefined,
      'RecoveryAttempted',
      undefined,
      'RecoveryGaveUp',
      undefined,
    ]);
    expect(record).toMatchObject({
      state: 'GaveUp',
      attempts: 3,
      maxAttempts: 3,
      lastAttemptAt: '2026-01-01T00:21:00Z',
    });
    expect(record).not.toHaveProperty('nextAttemptAt');
    expect(record?.message).toMatch(/exited with code 3; given up after 3 attempts: .*change the spec/);
  });

  it('says when it will look again whenever it waits for the clock', () => {
    const began = decideRecovery(facts({ trouble: crash }), policy);
    expect(began.recheckAfter).toBe(minute);
    const waits = decideRecovery(facts({ trouble: crash, record: began.record, now: at(0.75) }), policy);
    expect(waits.recheckAfter).toBe(minute / 4);
  });

  it('does not begin again for a program that is ready between its crashes', () => {
    const { record } = suffer(crash, [0, 1]);
    const ready = decideRecovery(facts({ record, readySince: at(2), now: at(3) }), policy);
    expect(ready).toMatchObject({ record, recheckAfter: 9 * minute });
    expect(suffer(crash, [5], ready.record).record?.attempts).toBe(2);
  });

  it('has recovered after ten pauses of being Ready, and counts anew from then on', () => {
    const { record } = suffer(crash, [0, 1]);
    const well = decideRecovery(facts({ record, readySince: at(2), now: at(12) }), policy);
    expect(well).toMatchObject({ change: 'Recovered', record: { state: 'Recovered', attempts: 1 } });
    expect(suffer(crash, [60], well.record).record).toMatchObject({ state: 'Recovering', attempts: 0 });
  });

  it('has recovered too when it runs again after having been given up', () => {
    const { record } = suffer(crash, [0, 1, 5, 21, 22]);
    const well = decideRecovery(facts({ record, readySince: at(30), now: at(40) }), policy);
    expect(well.record?.state).toBe('Recovered');
  });

  it('is left to the kubelet alone where no attempt is wanted', () => {
    const decision = decideRecovery(facts({ trouble: crash }), { ...policy, maxAttempts: 0 });
    expect(decision).toEqual({ replace: [], record: undefined });
  });
});

describe('the recovery from a lost node', () => {
  it('is blocked after a pause where the pod may still run, and says once what to do', () => {
    const { changes, record } = suffer(silent, [0, 0.5, 1, 2]);
    expect(changes).toEqual(['RecoveryStarted', undefined, 'RecoveryBlocked', undefined]);
    expect(record).toMatchObject({ state: 'Blocked', attempts: 0, message: 'node a; taint it' });
  });

  it('goes on at once when somebody has made it safe', () => {
    const { record } = suffer(silent, [0, 1]);
    const { blocked: _, ...safe } = silent;
    const decision = decideRecovery(facts({ trouble: safe, record, now: at(7) }), policy);
    expect(decision).toMatchObject({ change: 'RecoveryAttempted', replace: safe.pods, record: { attempts: 1 } });
  });

  it('is no longer blocked when the node answers again', () => {
    const { record } = suffer(silent, [0, 1]);
    expect(decideRecovery(facts({ record, now: at(3) }), policy).record?.state).toBe('Recovering');
  });
});

describe('whatever happens', () => {
  const moment = fc.record({
    minutes: fc.double({ min: 0, max: 200, noNaN: true }),
    trouble: fc.constantFrom(undefined, crash, silent, { ...crash, cause: 'NodeLost' as const }),
  });

  it('pods are replaced at most as often as allowed between two long rests, and never before the pause is over', () => {
    const policies = fc.record({
      maxAttempts: fc.integer({ min: 0, max: 5 }),
      pause: fc.constantFrom('10s', '1m', '2h'),
    });
    fc.assert(
      fc.property(policies, fc.array(moment, { maxLength: 60 }), (allowed, moments) => {
        let record: RecoveryStatus | undefined;
        let now = start;
        let notBefore = Number.NEGATIVE_INFINITY;
        let attempts = 0;
        for (const { minutes, trouble } of moments) {
          now += minutes * minute;
          const decision = decideRecovery(facts({ trouble, record, now: new Date(now) }), allowed);
          record = decision.record;
          if (decision.change !== 'RecoveryAttempted') {
            expect(decision.replace).toEqual([]);
            continue;
          }
          expect(now).toBeGreaterThanOrEqual(notBefore);
          // Times in a status are whole seconds.
          notBefore = now - 1000 + pauseBefore(attempts + 1 < allowed.maxAttempts ? attempts + 1 : 0, allowed);
          attempts++;
        }
        expect(attempts).toBeLessThanOrEqual(allowed.maxAttempts);
      }),
    );
  });

  it('a pause grows fourfold up to an hour, and is never shorter than the first', () => {
    expect([0, 1, 2, 3, 9].map((attempt) => pauseBefore(attempt, policy) / minute)).toEqual([1, 4, 16, 60, 60]);
    expect(pauseBefore(3, { ...policy, pause: '2h' })).toBe(120 * minute);
  });
});
