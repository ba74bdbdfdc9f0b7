import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { merged } from './walk.ts';

it('shows each name of two folders once, in order, and who has it', () => {
  const names = fc.uniqueArray(fc.string()).map((all) => all.sort());
  fc.assert(
    fc.property(names, names, (source, target) => {
      const all = [...new Set([...source, ...target])].sort();
      const expected = all.map((name) => ({ name, source: source.includes(name), target: target.includes(name) }));
      expect([...merged(source, target)]).toEqual(expected);
    }),
  );
});
