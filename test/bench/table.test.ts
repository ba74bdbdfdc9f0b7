import { expect, it } from 'vitest';
import { table } from './table.ts';

it('aligns columns, numbers to the right, and leaves out what a row does not have', () => {
  expect(
    table([
      { who: 'dokkerr', seconds: 2.0512, writes: 3 },
      { who: 'naive', seconds: 12 },
    ]),
  ).toBe(['  who      seconds  writes', '  dokkerr      2.1       3', '  naive         12'].join('\n'));
});
