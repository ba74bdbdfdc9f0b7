import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Choice, Sample } from './sample.ts';

const names = Array.from({ length: 2000 }, (_, index) => `folder/${index}`);

function chosen(choice: Choice, paths: readonly string[] = names): Set<string> {
  const sample = new Sample(choice);
  const taken = paths.map((path) => ({ path })).filter((file) => sample.takes(file));
  return new Set([...taken, ...sample.missing()].map(({ path }) => path));
}

describe('a sample', () => {
  it('is about as large as wanted, and another for another seed', () => {
    const one = chosen({ percent: 10, minimumFiles: 0, seed: 'one' });
    const other = chosen({ percent: 10, minimumFiles: 0, seed: 'other' });
    expect(one.size).toBeGreaterThan(140);
    expect(one.size).toBeLessThan(260);
    expect([...one].filter((name) => other.has(name)).length).toBeLessThan(one.size / 2);
  });

  it('is everything at a hundred percent, and where there are fewer than have to be', () => {
    expect(chosen({ percent: 100, minimumFiles: 0, seed: '' }).size).toBe(names.length);
    expect(chosen({ percent: 1, minimumFiles: 100, seed: '' }, names.slice(0, 99)).size).toBe(99);
  });

  it('has as many files as it has to, and is the same in whatever order they come', () => {
    const choices = fc.record({
      percent: fc.double({ min: 0.1, max: 100, noNaN: true }),
      minimumFiles: fc.integer({ min: 0, max: 300 }),
      seed: fc.string(),
    });
    const paths = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 200 });
    fc.assert(
      fc.property(choices, paths, (choice, some) => {
        const here = chosen(choice, some);
        expect(here.size).toBeGreaterThanOrEqual(Math.min(some.length, choice.minimumFiles));
        expect(chosen(choice, some.toReversed())).toEqual(here);
      }),
    );
  });
});
