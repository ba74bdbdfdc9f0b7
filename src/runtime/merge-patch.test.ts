import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergePatch, sameJson } from './merge-patch.ts';

describe('a merge patch', () => {
  it('is none when nothing has to change', () => {
    expect(mergePatch({ a: { b: [1] } }, { a: { b: [1] }, c: undefined })).toBeUndefined();
  });

  it('names only what differs, removes by null and replaces lists as a whole', () => {
    const before = { same: 1, gone: 2, inner: { kept: 1, changed: 1 }, list: [1, 2] };
    const after = { same: 1, inner: { kept: 1, changed: 2 }, list: [1], fresh: 'x' };
    expect(mergePatch(before, after)).toEqual({ gone: null, inner: { changed: 2 }, list: [1], fresh: 'x' });
  });

  it('turns any object into any other', () => {
    // RFC 7386 cannot say null, and says "remove" by it; an object put in a scalar's place must hold none.
    const value = fc.letrec<{ json: unknown; object: Record<string, unknown> }>((tie) => ({
      json: fc.oneof({ maxDepth: 3 }, fc.string(), fc.integer(), fc.boolean(), fc.array(fc.integer()), tie('object')),
      object: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('json')),
    })).object;
    fc.assert(
      fc.property(value, value, (before, after) => {
        expect(sameJson(applied(before, mergePatch(before, after) ?? {}), after)).toBe(true);
      }),
    );
  });
});

/** RFC 7386, section 2. */
function applied(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> =
    typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = applied(result[name], value);
  }
  return result;
}
