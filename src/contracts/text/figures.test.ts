import { expect, it } from 'vitest';
import { formatBytes } from './figures.ts';

it.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [1536, '1.5 KiB'],
  [5 * 1024 ** 3 + 1024 ** 2 * 300, '5.29 GiB'],
  [150.4 * 1024 ** 2, '150 MiB'],
  [2 ** 60, '1024 PiB'],
])('writes %i bytes as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
