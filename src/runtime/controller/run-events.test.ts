import { describe, expect, it } from 'vitest';
import type { RunStatus } from '../itinerary/types.ts';
import { runConditions } from './run-conditions.ts';
import { runEvents } from './run-events.ts';

const under: RunStatus = {
  itinerary: 'Forward',
  steps: [
    { name: 'Plan', state: 'Succeeded', message: 'two volumes' },
    { name: 'Load', state: 'Running', message: '3 of 4 GiB' },
  ],
};
const failure = { step: 'Load', code: 'DKR_CAPACITY', class: 'capacity', message: 'the target is full' };

describe('the events of a run', () => {
  it('tell each step once, when it has ended', () => {
    const begun: RunStatus = { ...under, steps: under.steps.map(({ name }) => ({ name, state: 'Pending' })) };
    expect(runEvents(begun, under)).toEqual([
      { type: 'Normal', reason: 'PlanSucceeded', action: 'Plan', note: 'two volumes' },
    ]);
    expect(runEvents(under, under)).toEqual([]);
  });

  it('tell of a failed step and of the turn that it causes as warnings, with the reason', () => {
    const turned: RunStatus = {
      itinerary: 'Rollback',
      failure,
      steps: [{ name: 'Load', state: 'Failed', message: failure.message }],
    };
    expect(runEvents(under, turned).map(({ type, reason, note }) => `${type} ${reason}: ${note}`)).toEqual([
      'Warning LoadFailed: the target is full',
      'Warning RollbackStarted: the run turned to its Rollback steps because Load failed: the target is full',
    ]);
  });

  it('tell steps of one name in different lists apart', () => {
    const verified: RunStatus = { itinerary: 'Rollback', steps: [{ name: 'Verify', state: 'Failed' }] };
    const both: RunStatus = {
      ...verified,
      steps: [...verified.steps, { name: 'Verify', itinerary: 'Rollback', state: 'Succeeded' }],
    };
    expect(runEvents(verified, both).map(({ reason }) => reason)).toEqual(['VerifySucceeded']);
  });
});

describe('the conditions of a run', () => {
  const statuses = (run: RunStatus) =>
    Object.fromEntries(runConditions(run).map(({ type, status, reason }) => [type, `${status} ${reason}`]));

  it('are InProgress to kstatus while it is under way, and say at which step', () => {
    expect(statuses(under)).toEqual({ Ready: 'False InProgress', Reconciling: 'True InProgress' });
    expect(runConditions(under)[0]?.message).toBe('Load: 3 of 4 GiB');
  });

  it('are Current in a step that only waits for a time to be over, unless it goes back from there', () => {
    const kept: RunStatus = {
      itinerary: 'Forward',
      steps: [{ name: 'Keep', state: 'Running', message: 'until noon' }],
    };
    const at = (run: RunStatus) =>
      runConditions(run, ['Keep']).map(({ type, status, reason }) => [type, status, reason]);
    expect(at(kept)).toEqual([
      ['Ready', 'True', 'AtRest'],
      ['Reconciling', 'False', 'AtRest'],
    ]);
    expect(at({ ...kept, itinerary: 'Rollback' })).toContainEqual(['Ready', 'False', 'InProgress']);
    expect(at(under)).toContainEqual(['Ready', 'False', 'InProgress']);
  });

  it('are Current once it has completed', () => {
    expect(statuses({ ...under, outcome: 'Completed' })).toEqual({
      Ready: 'True Completed',
      Reconciling: 'False Completed',
    });
  });

  it.each(['Failed', 'RolledBack', 'Canceled'] as const)('are Failed once it has ended as %s', (outcome) => {
    expect(statuses({ ...under, outcome, failure })).toEqual({
      Ready: `False ${outcome}`,
      Reconciling: `False ${outcome}`,
      Stalled: `True ${outcome}`,
    });
  });
});
