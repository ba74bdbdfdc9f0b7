import { expect, it } from 'vitest';
import { median, medianRows, percentile } from './medians.ts';

it('takes the middle of the rounds, and compares it with the reference of the same variant', () => {
  const run = (variant: string, contestant: string, wall: number) => ({ variant, contestant, figures: { wall } });
  const measured = [
    run('a', 'ours', 6),
    run('a', 'go', 4),
    run('b', 'ours', 7),
    run('a', 'ours', 5),
    run('a', 'ours', 90),
  ];
  expect(medianRows(measured, 'go')).toEqual([
    { variant: 'a', contestant: 'ours', wall: '6 (1.50×)' },
    { variant: 'a', contestant: 'go', wall: '4 (1.00×)' },
    { variant: 'b', contestant: 'ours', wall: '7' },
  ]);
});

it('lies between the two middle ones of an even number', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

it('finds the value that so many lie below', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([percentile(values, 0.5), percentile(values, 0.99), percentile([7], 0.99)]).toEqual([50, 99, 7]);
});
