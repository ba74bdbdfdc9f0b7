import { describe, expect, it } from 'vitest';
import { DokkerrError } from '../errors.ts';
import { fail, type StepResult, wait } from '../itinerary/types.ts';
import { lastErrorOf, summaryConditions } from './summary.ts';

const good = { reason: 'Kept', message: 'all is well' };
const walk = (result?: StepResult) => ({
  steps: [],
  stoppedAt: result === undefined ? undefined : { name: 'Probe', result },
});
const statuses = (result?: StepResult) =>
  Object.fromEntries(
    summaryConditions(walk(result), good).map(({ type, status, reason }) => [type, `${status} ${reason}`]),
  );

describe('the summary of a walk', () => {
  it('is Current to kstatus when it came to its end', () => {
    expect(statuses()).toEqual({ Ready: 'True Kept', Reconciling: 'False Kept', Stalled: 'False Kept' });
  });

  it('is InProgress while something is waited for, and while a failure may pass', () => {
    expect(statuses(wait('Starting', 'not yet'))).toMatchObject({
      Ready: 'False Starting',
      Reconciling: 'True Starting',
    });
    const missing = fail(new DokkerrError('DKR_DEPENDENCY_MISSING', 'no Secret'));
    expect(statuses(missing)).toMatchObject({
      Reconciling: 'True DependencyMissing',
      Stalled: 'False DependencyMissing',
    });
  });

  it('is Failed when nothing but a change can help', () => {
    const wrong = fail(new DokkerrError('DKR_SPEC_INVALID', 'cannot be'));
    expect(statuses(wrong)).toEqual({
      Ready: 'False SpecInvalid',
      Reconciling: 'False SpecInvalid',
      Stalled: 'True SpecInvalid',
    });
  });

  it('keeps the time at which the same error was first seen, and dates another anew', () => {
    const stopped = walk(fail(new DokkerrError('DKR_CAPACITY', 'full')));
    const first = lastErrorOf(stopped, undefined, new Date('2026-06-01T00:00:00Z'));
    expect(lastErrorOf(stopped, first, new Date('2026-06-02T00:00:00Z'))).toEqual(first);
    const other = walk(fail(new DokkerrError('DKR_CAPACITY', 'fuller')));
    expect(lastErrorOf(other, first, new Date('2026-06-02T00:00:00Z'))?.at).toBe('2026-06-02T00:00:00Z');
    expect(lastErrorOf(walk(wait('Starting', 'not yet')), first, new Date())).toBeUndefined();
  });
});
