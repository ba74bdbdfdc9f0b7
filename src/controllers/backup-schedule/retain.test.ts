import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backup } from '#crds/backup.ts';
import { expired } from './retain.ts';

const now = new Date('2026-06-30T12:00:00Z');
const backup = (startedAt: string, { pin = false, outcome = 'Completed' } = {}) =>
  ({ metadata: { name: startedAt }, spec: { pin }, status: { outcome, startedAt } }) as Backup;
/** One a day at 02:00, back from today. */
const daily = (days: number) =>
  Array.from({ length: days }, (_, index) =>
    backup(new Date(Date.parse('2026-06-30T02:00:00Z') - index * 86_400_000).toISOString()),
  );
const names = (backups: readonly Backup[]) => backups.map(({ metadata }) => metadata.name.slice(0, 10));

describe('retention', () => {
  it('keeps the last ones and lets the older go, oldest first', () => {
    expect(names(expired(daily(5), { keepLast: 3, minimum: 1 }, now))).toEqual(['2026-06-26', '2026-06-27']);
  });

  it('keeps grandfather, father and son: by days, weeks and months', () => {
    const all = daily(100);
    const gone = new Set(names(expired(all, { keepDaily: 7, keepWeekly: 4, keepMonthly: 3, minimum: 1 }, now)));
    const kept = names(all).filter((name) => !gone.has(name));
    expect(kept).toEqual([
      ...['2026-06-30', '2026-06-29', '2026-06-28', '2026-06-27', '2026-06-26', '2026-06-25', '2026-06-24'],
      ...['2026-06-21', '2026-06-14', '2026-05-31', '2026-04-30'],
    ]);
  });

  it('keeps every one within a span of time', () => {
    expect(expired(daily(10), { keepWithin: '3d', minimum: 1 }, now)).toHaveLength(7);
  });

  it('never lets go of the last one, of a pinned one, or of one that did not complete', () => {
    const failed = backup('2026-01-01T00:00:00Z', { outcome: 'Failed' });
    const pinned = backup('2025-01-01T00:00:00Z', { pin: true });
    const old = backup('2024-01-01T00:00:00Z');
    expect(expired([old], { keepWithin: '1d', minimum: 1 }, now)).toEqual([]);
    expect(expired([failed, pinned, old, ...daily(1)], { keepLast: 1, minimum: 1 }, now)).toEqual([old]);
  });

  it('keeps at least the minimum and what keepLast says, whatever there is', () => {
    const times = fc.array(fc.date({ min: new Date('2020-01-01'), max: now, noInvalidDate: true }), { maxLength: 40 });
    fc.assert(
      fc.property(
        times,
        fc.nat(10),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(5),
        (dates, keepLast, minimum, keepDaily) => {
          const all = dates.map((date) => backup(date.toISOString()));
          const gone = expired(all, { keepLast, keepDaily, minimum }, now);
          expect(all.length - gone.length).toBeGreaterThanOrEqual(Math.min(all.length, Math.max(minimum, keepLast)));
          const newest = all.toSorted((a, b) =>
            (b.status?.startedAt ?? '').localeCompare(a.status?.startedAt ?? ''),
          )[0];
          expect(gone).not.toContain(newest);
        },
      ),
    );
  });
});
