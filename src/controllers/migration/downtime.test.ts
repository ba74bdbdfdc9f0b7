import { describe, expect, it } from 'vitest';
import type { StepRecord } from '#runtime/itinerary/types.ts';
import { downtimeOf } from './downtime.ts';

const at = (seconds: number) => new Date(Date.parse('2026-06-01T00:00:00Z') + seconds * 1000).toISOString();
const step = (name: string, from: number, to?: number, more: Partial<StepRecord> = {}): StepRecord => ({
  name,
  state: to === undefined ? 'Running' : 'Succeeded',
  startedAt: at(from),
  ...(to === undefined ? {} : { completedAt: at(to) }),
  ...more,
});
const of = (...steps: StepRecord[]) =>
  downtimeOf({
    itinerary: 'Forward',
    steps,
    resolved: { workloads: [{ kind: 'Container', name: 'web', replicas: 1 }] },
  });

describe('the downtime', () => {
  it('counts from the wish to stop until it is ready again', () => {
    expect(of(step('Quiesce', 10, 12), step('Resume', 20, 25))).toEqual({
      startedAt: at(10),
      endedAt: at(25),
      seconds: 15,
    });
  });

  it('counts from Hold, where a transform needs it', () => {
    expect(of(step('Hold', 0, 2), step('Quiesce', 50, 50, { state: 'Skipped' }), step('Resume', 60, 70))?.seconds).toBe(
      70,
    );
  });

  it('has no end while it lasts', () => {
    expect(of(step('Quiesce', 10, 12), step('Resume', 20))).toEqual({ startedAt: at(10) });
  });

  it('lasts until the old volume is in use, where the new one would not do', () => {
    const failed = step('Resume', 20, 80, { state: 'Failed' });
    const back = step('Resume', 85, 90, { itinerary: 'Rollback' });
    expect(of(step('Quiesce', 10, 12), failed, step('Stop', 81, 82, { itinerary: 'Rollback' }), back)?.seconds).toBe(
      80,
    );
  });

  it('is both stretches together, where the way back was asked for later', () => {
    const back = [
      step('Stop', 1000, 1001, { itinerary: 'Rollback' }),
      step('Resume', 1004, 1005, { itinerary: 'Rollback' }),
    ];
    expect(of(step('Quiesce', 10, 12), step('Resume', 20, 25), ...back)).toEqual({
      startedAt: at(10),
      endedAt: at(1005),
      seconds: 20,
    });
  });

  it('is none where nothing was stopped', () => {
    expect(of(step('Quiesce', 10, 10, { state: 'Skipped' }))).toBeUndefined();
    expect(downtimeOf({ itinerary: 'Forward', steps: [step('Quiesce', 10, 12)] })).toBeUndefined();
  });
});
