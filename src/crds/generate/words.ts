/** Words of an enumeration, which people write in YAML without quotes. */
import { parse } from 'yaml';
import type { Problem, StructuralSchema } from './schema.ts';

/** Refuses words that kubectl and Helm, which read YAML 1.1, take for a boolean, a number or nothing: `Off`, `no`, `y`. */
export function checkWords({ enum: words = [] }: StructuralSchema, path: string): Problem[] {
  return words
    .filter((word): word is string => typeof word === 'string' && word !== '')
    .filter((word) => parse(word, { version: '1.1' }) !== word)
    .map((word) => ({ path, message: `YAML 1.1 reads ${word} without quotes as something else: choose another word` }));
}
