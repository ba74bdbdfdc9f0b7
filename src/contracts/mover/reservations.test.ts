import { expect, it } from 'vitest';
import { Reservations } from './reservations.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));
const unseen = () => false;

it('counts what was made until it is seen, was not made after all, or does not come', () => {
  const made = new Reservations();
  for (const name of ['a', 'b', 'c', 'd']) made.add(name, 'offsite', at(0));
  made.add('e', 'another', at(0));
  expect(made.count('offsite', unseen, at(1))).toBe(4);
  made.remove('a');
  expect(made.count('offsite', (name) => name === 'b', at(1))).toBe(2);
  // Once seen it is gone for good: a Job that has ended and was cleared away is not on its way again.
  expect(made.count('offsite', unseen, at(2))).toBe(2);
  expect(made.count('offsite', unseen, at(11))).toBe(0);
});
