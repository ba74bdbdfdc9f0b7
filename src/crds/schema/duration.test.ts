import { expect, it } from 'vitest';
import { duration, durationMs } from './duration.ts';

it.each([
  ['90s', 90_000],
  ['5m', 300_000],
  ['24h', 86_400_000],
  ['30d', 2_592_000_000],
])('reads %s as %i ms', (text, ms) => {
  expect(duration.safeParse(text).success).toBe(true);
  expect(durationMs(text)).toBe(ms);
});

it.each(['0s', '5', 'm', '-5m', '1.5h', '5 m'])('refuses %s', (text) => {
  expect(duration.safeParse(text).success).toBe(false);
});
