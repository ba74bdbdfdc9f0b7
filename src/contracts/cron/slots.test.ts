import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jitterOf, parseSlots } from './slots.ts';

function slots(line: string, timeZone: string, from: string, count: number): string[] {
  const parsed = parseSlots(line, timeZone, 'default/nightly');
  let time = new Date(from);
  return Array.from({ length: count }, () => {
    time = parsed.after(time) ?? new Date(0);
    return time.toISOString();
  });
}

describe('the slots of a cron line', () => {
  it('fire once on the night the clocks go forward, though their hour is missing', () => {
    expect(slots('30 2 * * *', 'Europe/Berlin', '2026-03-28T02:00:00Z', 2)).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
  });

  it('fire once on the night the clocks go back, though their hour is there twice', () => {
    expect(slots('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
  });

  it('know @daily and its like', () => {
    expect(slots('@daily', 'UTC', '2026-06-01T12:00:00Z', 1)).toEqual(['2026-06-02T00:00:00.000Z']);
  });

  it('of H are the same for one schedule and spread over many', () => {
    const minute = (key: string) =>
      parseSlots('H 2 * * *', 'UTC', key).after(new Date('2026-06-01T00:00:00Z'))?.getUTCMinutes();
    expect(minute('a')).toBe(minute('a'));
    const minutes = new Set(Array.from({ length: 200 }, (_, index) => minute(`team-${index}`)));
    expect(minutes.size).toBeGreaterThan(40);
  });

  it.each([
    ['61 * * * *', /minute.*61/i],
    ['* * *', /five fields/],
    ['* 25 * * *', /hour.*25/i],
  ])('of %s are refused with the field', (line, message) => {
    expect(() => parseSlots(line, 'UTC', 'a')).toThrow(message);
  });

  it('in an unknown time zone are refused with its name', () => {
    expect(() => parseSlots('@daily', 'Europe/Nowhere', 'a')).toThrow(/"Europe\/Nowhere".*IANA/);
  });

  it('always lie ahead', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
        (time) => {
          const next = parseSlots('*/7 3 * * 1', 'America/New_York', 'a').after(time);
          expect(next?.getTime()).toBeGreaterThan(time.getTime());
        },
      ),
      { numRuns: 50 },
    );
  });
});

it('jitter stays below its limit and is the same for the same schedule', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 86_400_000 }), (key, limit) => {
      const jitter = jitterOf(key, limit);
      expect(jitter).toBeGreaterThanOrEqual(0);
      expect(jitter).toBeLessThan(limit);
      expect(jitterOf(key, limit)).toBe(jitter);
    }),
  );
});
