import { describe, expect, test } from 'vitest';
import { re2Objection } from './patterns.ts';

describe('RE2 does not take', () => {
  test.each([
    ['a look-ahead', '^(?=a)', 'look-around'],
    ['a negative look-ahead', 'a(?!b)', 'look-around'],
    ['a look-behind', '(?<=a)b', 'look-around'],
    ['a negative look-behind', '(?<!a)b', 'look-around'],
    ['a back-reference', '(a)\\1', 'a back-reference'],
    ['a named back-reference', '(?<n>a)\\k<n>', 'a named back-reference'],
    ['a \\u escape, in a class too', '[\\u0041]', 'a \\u escape'],
    ['an empty class', 'a[]', 'an empty character class'],
    ['a class of everything', 'a[^]', 'an empty character class'],
    ['more than 1000 repetitions', 'a{1,1001}', 'a repetition above 1000'],
  ])('%s', (_, pattern, objection) => {
    expect(re2Objection(pattern)).toContain(objection);
  });
});

describe('RE2 takes', () => {
  test.each([
    ['what looks like a look-ahead, escaped', '\\(?=a'],
    ['what looks like a look-ahead, in a class', '[(?=]'],
    ['a digit behind an escaped backslash', 'a\\\\1'],
    ['a named group', '(?<n>a)'],
    ['a group that is not captured', '(?:a|b)'],
    ['1000 repetitions', 'a{1000}'],
    ['a large repetition in a class, where it is plain text', '[{2000}]'],
  ])('%s', (_, pattern) => {
    expect(re2Objection(pattern)).toBeUndefined();
  });
});
