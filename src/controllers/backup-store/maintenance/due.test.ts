import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSlots } from '#contracts/cron/slots.ts';
import type { TaskStatus } from '#crds/backup-store.ts';
import { type DueInput, dueTask } from './due.ts';

const since = new Date('2026-01-01T00:00:00Z');

function due(now: string, status: TaskStatus = {}, more: Partial<DueInput> = {}) {
  const slots = parseSlots('0 3 * * 0', 'UTC', 'shop/offsite');
  const { isDue, at } = dueTask({ slots, since, status, now: new Date(now), ...more });
  return [isDue, at?.toISOString()];
}

describe('maintenance', () => {
  it('is due at the first slot after the store was made', () => {
    expect(due('2026-01-04T02:59:59Z')).toEqual([false, '2026-01-04T03:00:00.000Z']);
    expect(due('2026-01-04T03:00:00Z')).toEqual([true, '2026-01-04T03:00:00.000Z']);
  });

  it('is done once for all the slots that passed while nobody was there', () => {
    expect(due('2026-02-10T00:00:00Z', { startedAt: '2026-01-04T03:00:10Z' })[0]).toBe(true);
    expect(due('2026-02-10T00:00:00Z', { startedAt: '2026-02-09T23:59:00Z' })[0]).toBe(false);
  });

  it('is due when asked for, once for each value that asks', () => {
    expect(due('2026-01-02T00:00:00Z', {}, { request: 'now' })[0]).toBe(true);
    expect(due('2026-01-02T00:00:00Z', { handledRequest: 'now' }, { request: 'now' })[0]).toBe(false);
    expect(due('2026-01-02T00:00:00Z', { handledRequest: 'now' }, { request: 'again' })[0]).toBe(true);
  });

  it('comes again after a failure, ever later, and at the next slot at the latest', () => {
    const startedAt = '2026-01-04T03:00:00Z';
    expect(due('2026-01-04T03:00:30Z', { startedAt, failures: 1 })).toEqual([false, '2026-01-04T03:01:00.000Z']);
    expect(due('2026-01-04T03:00:30Z', { startedAt, failures: 4 })).toEqual([false, '2026-01-04T03:08:00.000Z']);
    expect(due('2026-01-04T03:00:30Z', { startedAt, failures: 40 })).toEqual([false, '2026-01-04T09:00:00.000Z']);
  });

  it('comes at least as often as it is said to, whatever its slots are', () => {
    const startedAt = '2026-01-05T00:00:00Z';
    expect(due('2026-01-05T12:00:00Z', { startedAt }, { atLeastEvery: 86_400_000 })).toEqual([
      false,
      '2026-01-06T00:00:00.000Z',
    ]);
  });

  it('is never due in the moment after it began, whatever became of it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 400 }), (failures, days) => {
        const startedAt = new Date(since.getTime() + days * 86_400_000 + 1000).toISOString();
        return due(startedAt, { startedAt, failures })[0] === false;
      }),
    );
  });
});
