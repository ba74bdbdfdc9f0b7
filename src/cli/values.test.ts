import { describe, expect, it } from 'vitest';
import { duration, milliseconds, pointInTime, several, wholeNumber } from './values.ts';

const now = new Date('2026-11-23T01:30:00.500Z');

describe('the text of an option', () => {
  it('can be a time, or how long ago it was', () => {
    expect(pointInTime('2026-11-22T10:00:00+02:00', now)).toBe('2026-11-22T08:00:00Z');
    expect(pointInTime('7d', now)).toBe('2026-11-16T01:30:00Z');
    for (const wrong of ['yesterday', '2026-11-22', '2026-13-40T00:00:00Z', '2026-11-22T10:00:00']) {
      expect(() => pointInTime(wrong, now)).toThrow('Write a time as');
    }
  });

  it('can be a span of time with a unit', () => {
    expect(milliseconds('90s')).toBe(90_000);
    for (const wrong of ['90', '0s', '1.5h', '3w', ''])
      expect(() => duration(wrong)).toThrow('Write a number and its unit');
  });

  it('can be given several times, or with commas', () => {
    expect(several('c', several('a, b,'))).toEqual(['a', 'b', 'c']);
  });

  it('can be a whole number', () => {
    expect(wholeNumber('3')).toBe(3);
    expect(() => wholeNumber('-1')).toThrow('whole number');
  });
});
