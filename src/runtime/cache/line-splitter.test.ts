import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineSplitter } from './line-splitter.ts';

/** The bytes of `text`, cut at the given places. */
function chunks(text: string, cuts: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text);
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...places, bytes.length].map((end, index) => bytes.subarray(index === 0 ? 0 : places[index - 1], end));
}

function split(parts: readonly Buffer[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const part of parts) splitter.push(part);
  return lines;
}

describe('the line splitter', () => {
  test('gives the same lines however the stream is chunked, also inside of a character', () => {
    // Characters of one to four bytes.
    const line = fc.array(fc.constantFrom('a', 'é', '€', '😀', '"', ' '), { maxLength: 12 }).map((all) => all.join(''));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 8 }), (lines, cuts) => {
        const text = lines.map((each) => `${each}\n`).join('');
        expect(split(chunks(text, cuts))).toEqual(lines.filter((each) => each !== ''));
      }),
    );
  });

  test('keeps an unfinished line to itself', () => {
    expect(split([Buffer.from('a\nb')])).toEqual(['a']);
    expect(split([Buffer.from('a\nb'), Buffer.from('c\n')])).toEqual(['a', 'bc']);
  });

  test('refuses a line that has no end', () => {
    const splitter = new LineSplitter(() => undefined);
    const chunk = Buffer.alloc(16 * 1024 * 1024, 'x');
    expect(() => {
      for (let count = 0; count < 5; count++) splitter.push(chunk);
    }).toThrow(RangeError);
  });
});
