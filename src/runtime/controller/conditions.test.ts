import { describe, expect, it } from 'vitest';
import { type ConditionInput, dateConditions, findCondition, removeCondition, setCondition } from './conditions.ts';
import { transitionEvents } from './transitions.ts';

const ready = (status: 'True' | 'False', reason: string, more: Partial<ConditionInput> = {}): ConditionInput => ({
  type: 'Ready',
  status,
  reason,
  message: `it is ${reason}`,
  ...more,
});
const now = new Date('2026-03-01T10:00:00.700Z');

describe('dating conditions', () => {
  it('keeps the time of a condition whose status did not change, and tells the generation it was said of', () => {
    const before = [ready('False', 'Starting', { lastTransitionTime: '2026-01-01T00:00:00Z' })];
    expect(dateConditions([ready('False', 'Pulling')], before, 3, now)).toEqual([
      { ...ready('False', 'Pulling'), observedGeneration: 3, lastTransitionTime: '2026-01-01T00:00:00Z' },
    ]);
  });

  it('takes the present time, in whole seconds, for one that turned or is new', () => {
    const before = [ready('False', 'Starting', { lastTransitionTime: '2026-01-01T00:00:00Z' })];
    const after = dateConditions([ready('True', 'Up'), { ...ready('True', 'Up'), type: 'Bound' }], before, 1, now);
    expect(after.map(({ lastTransitionTime }) => lastTransitionTime)).toEqual(Array(2).fill('2026-03-01T10:00:00Z'));
  });
});

describe('a list of conditions', () => {
  it('has one of each type, in a stable place', () => {
    const list = [ready('False', 'A'), { ...ready('True', 'B'), type: 'Bound' }];
    expect(setCondition(list, ready('True', 'C')).map(({ reason }) => reason)).toEqual(['C', 'B']);
    expect(setCondition(list, { ...ready('True', 'D'), type: 'New' }).map(({ type }) => type)).toEqual([
      'Ready',
      'Bound',
      'New',
    ]);
    expect(removeCondition(list, 'Ready').map(({ type }) => type)).toEqual(['Bound']);
    expect(findCondition(list, 'Absent')).toBeUndefined();
  });
});

describe('the events of a transition', () => {
  const quiet = { stepFailed: false };

  it('are none when no status and no reason changed', () => {
    expect(transitionEvents([ready('False', 'A')], [ready('False', 'A', { message: 'other words' })], quiet)).toEqual(
      [],
    );
  });

  it('carry the reason and the message', () => {
    expect(transitionEvents([ready('False', 'A')], [ready('True', 'B')], quiet)).toEqual([
      { type: 'Normal', reason: 'B', action: 'Ready', note: 'it is B' },
    ]);
  });

  it('are normal while something is only under way, and warn when a step failed', () => {
    const [underWay] = transitionEvents([], [ready('False', 'Starting')], quiet);
    const [failed] = transitionEvents([], [ready('False', 'NoSpace')], { stepFailed: true });
    expect([underWay?.type, failed?.type]).toEqual(['Normal', 'Warning']);
  });

  it('warn when the object is stalled', () => {
    const stalled: ConditionInput = { type: 'Stalled', status: 'True', reason: 'Bad', message: 'bad spec' };
    expect(transitionEvents([], [stalled], quiet)).toMatchObject([{ type: 'Warning', action: 'Stalled' }]);
  });

  it('tell one reason once, and the worse of it', () => {
    const because = { status: 'False' as const, reason: 'Bad', message: 'bad spec' };
    const after: ConditionInput[] = [
      { type: 'Reconciling', ...because, status: 'True' },
      { type: 'Ready', ...because },
      { type: 'Stalled', ...because, status: 'True' },
    ];
    expect(transitionEvents([], after, quiet)).toEqual([
      { type: 'Warning', reason: 'Bad', action: 'Ready', note: 'bad spec' },
    ]);
  });

  it('do not mention trouble that is absent from the beginning', () => {
    const calm: ConditionInput[] = ['Stalled', 'Reconciling'].map((type) => ({
      type,
      status: 'False',
      reason: 'Ok',
      message: '',
    }));
    expect(transitionEvents([], calm, quiet)).toEqual([]);
    const [recovered] = transitionEvents([{ ...ready('True', 'Bad'), type: 'Stalled' }], calm, quiet);
    expect(recovered).toMatchObject({ type: 'Normal', reason: 'Ok' });
  });
});
