/**
 * The short form of the bench, with our contestant alone: what must hold on any machine, however slow. It fails on wrong
 * behaviour and never on time; figures are what `npm run bench` is for.
 */
import { describe, expect, test } from 'vitest';
import { measureAlone, variantNamed } from '#test/bench/operators/comparison.ts';
import { contestants } from '#test/bench/operators/contestants.ts';
import { create } from '#test/bench/operators/create.ts';
import { faultCase } from '#test/bench/operators/faults.ts';
import { hotKey } from '#test/bench/operators/hot-key.ts';
import { restart } from '#test/bench/operators/restart.ts';

const [dokkerr] = contestants;
if (dokkerr === undefined) throw new Error('there are no contestants');
const quietly = { rounds: 1, contestants: [dokkerr], note: () => undefined };

describe('an operator on the runtime', () => {
  test('makes 1000 objects Ready with three writes each, and no request besides', async () => {
    const figures = await measureAlone(create, variantNamed(create, 'concurrency 10'), { ...quietly, objects: 1000 });
    expect(figures).toMatchObject({ 'writes/object': 3, 'calls/object': 3, conflicts: 0 });
  });

  test('writes nothing when it starts over objects that are Ready', async () => {
    const figures = await measureAlone(restart, variantNamed(restart, '1 KB'), { ...quietly, objects: 1000 });
    expect(figures['writes of others']).toBe(0);
  });

  test('never runs two passes of one object at once, and skips what came in between', async () => {
    const edits = 1000;
    const figures = await measureAlone(hotKey, variantNamed(hotKey, 'one object'), { ...quietly, objects: edits });
    expect(figures['at once']).toBe(0);
    expect(figures.passes).toBeLessThan(edits);
  });

  test.for(faultCase.variants.map(({ name }) => name))(
    'misses nothing that happens behind its back: %s',
    async (name) => {
      const figures = await measureAlone(faultCase, variantNamed(faultCase, name), {
        ...quietly,
        objects: 20,
        seconds: 5,
      });
      expect(figures).toMatchObject({ missed: 0, 'status writes/object': 1 });
    },
  );
});
