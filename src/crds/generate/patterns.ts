/**
 * Patterns: JavaScript writes them, Go's RE2 reads them (https://github.com/google/re2/wiki/Syntax). What only
 * JavaScript has is refused here, because the API server would refuse it, or read it differently.
 */
import type { Problem, StructuralSchema } from './schema.ts';

/** RE2 refuses a repetition of more than this. */
const maxRepeat = 1000;

/** What RE2 does not have, by the text it begins with outside a character class. */
const constructs: readonly (readonly [RegExp, string])[] = [
  [/^\(\?<?[=!]/, 'look-around'],
  [/^\\[1-9]/, 'a back-reference'],
  [/^\\k/, 'a named back-reference'],
];

/** What RE2 does not have, in a character class or outside. */
const escapes: readonly (readonly [RegExp, string])[] = [
  [/^\\u/, 'a \\u escape (write \\x{…} has no JavaScript twin: write the character itself)'],
  [/^\\c/, 'a \\c escape (write \\x and two digits)'],
  [/^\\0/, 'a \\0 escape (write \\x00)'],
];

/** Why RE2 would not take a pattern, or `undefined`. */
export function re2Objection(pattern: string): string | undefined {
  let inClass = false;
  for (let at = 0; at < pattern.length; at++) {
    const rest = pattern.slice(at);
    const found = [...escapes, ...(inClass ? [] : constructs)].find(([begin]) => begin.test(rest));
    if (found !== undefined) return found[1];
    if (inClass) {
      if (rest.startsWith(']')) inClass = false;
    } else if (rest.startsWith('[')) {
      if (/^\[\^?\]/.test(rest)) return 'an empty character class';
      inClass = true;
    } else {
      const repeat = /^\{(\d+)(?:,(\d*))?\}/.exec(rest);
      if (repeat !== null && Math.max(Number(repeat[1]), Number(repeat[2] ?? 0)) > maxRepeat) {
        return `a repetition above ${maxRepeat}`;
      }
    }
    if (rest.startsWith('\\')) at++;
  }
  return undefined;
}

/** Refuses patterns RE2 does not have. */
export function checkPattern(schema: StructuralSchema, path: string): Problem[] {
  if (schema.pattern === undefined) return [];
  const objection = re2Objection(schema.pattern);
  return objection === undefined
    ? []
    : [{ path, message: `the pattern ${schema.pattern} uses ${objection}, which the API server's RE2 does not have` }];
}
