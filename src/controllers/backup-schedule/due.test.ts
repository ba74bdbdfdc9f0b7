import { describe, expect, it } from 'vitest';
import { dueAt, type Timetable } from './due.ts';

const nightly = (more: Partial<Timetable> = {}): Timetable => ({
  key: 'default/nightly',
  schedule: '0 2 * * *',
  timeZone: 'UTC',
  since: ['2026-06-01T12:00:00Z'],
  ...more,
});
const at = (time: string) => new Date(time);

describe('a slot', () => {
  it('is not due before its time, which is told', () => {
    const due = dueAt(nightly(), at('2026-06-01T12:00:01Z'));
    expect(due).toMatchObject({ slot: undefined, missed: 0, next: { slot: at('2026-06-02T02:00:00Z') } });
  });

  it('is due once: not again when it is on record', () => {
    const now = at('2026-06-02T02:00:00Z');
    expect(dueAt(nightly(), now).slot).toEqual(now);
    expect(dueAt(nightly({ since: ['2026-06-02T02:00:00Z', undefined] }), now).slot).toBeUndefined();
  });

  it('is the latest of those that were missed, which are counted: one catch-up', () => {
    const due = dueAt(nightly(), at('2026-06-05T03:00:00Z'));
    expect(due).toMatchObject({ slot: at('2026-06-05T02:00:00Z'), missed: 3 });
  });

  it('is skipped when it is longer ago than the starting deadline', () => {
    const due = dueAt(nightly({ deadlineSeconds: 600 }), at('2026-06-02T02:10:01Z'));
    expect(due).toMatchObject({ slot: undefined, tooLate: at('2026-06-02T02:00:00Z') });
    expect(dueAt(nightly({ deadlineSeconds: 600 }), at('2026-06-02T02:10:00Z')).tooLate).toBeUndefined();
  });

  it('is begun later by the jitter of its schedule, and keeps its own time', () => {
    const jittered = nightly({ jitterMs: 3_600_000 });
    const { next } = dueAt(jittered, at('2026-06-02T01:00:00Z'));
    expect(next?.slot).toEqual(at('2026-06-02T02:00:00Z'));
    const later = (next?.at.getTime() ?? 0) - (next?.slot.getTime() ?? 0);
    expect(later).toBeGreaterThan(0);
    expect(dueAt(jittered, new Date((next?.at.getTime() ?? 0) - 1)).slot).toBeUndefined();
    expect(dueAt(jittered, next?.at ?? new Date(0)).slot).toEqual(next?.slot);
  });

  it('is found at once after years of rest', () => {
    const due = dueAt(nightly({ schedule: '* * * * *' }), at('2029-06-01T12:00:30Z'));
    expect(due.slot?.getTime()).toBeLessThanOrEqual(at('2029-06-01T12:00:30Z').getTime());
    expect(due.next?.slot.getTime()).toBeGreaterThan(at('2029-06-01T12:00:30Z').getTime());
  });
});
