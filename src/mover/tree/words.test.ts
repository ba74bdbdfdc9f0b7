import { expect, it } from 'vitest';
import { pathInWords, timeInWords } from './words.ts';

const asBytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

it.each([
  ['the folder itself', '', '.'],
  ['UTF-8 as it is', asBytes('ünï/…😀'), 'ünï/…😀'],
  ['a line end', 'two\nlines', 'two\\nlines'],
  ['a bell', 'a\x07b', 'a\\x07b'],
  ['bytes that are no UTF-8', 'caf\xe9\n', 'caf\\xe9\\n'],
])('shows %s so that it can be read', (_, path, shown) => {
  expect(pathInWords(path)).toBe(shown);
});

it('shows the end of a long path', () => {
  const shown = pathInWords(`${'folder/'.repeat(50)}name`);
  expect(shown).toHaveLength(120);
  expect(shown).toMatch(/^….*folder\/name$/);
});

it.each([
  [0n, '1970-01-01T00:00:00Z'],
  [-1n, '1969-12-31T23:59:59.999999999Z'],
  [4_102_444_800_000_000_001n, '2100-01-01T00:00:00.000000001Z'],
  [10n ** 25n, '10000000000000000 s after 1970'],
])('tells %s ns after 1970', (nanoseconds, told) => {
  expect(timeInWords(nanoseconds)).toBe(told);
});
