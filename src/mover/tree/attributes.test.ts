import { expect, it } from 'vitest';
import { attributeDifferences } from './attributes.ts';

it('tells attributes that are lost, that are others and that are too many', () => {
  const expected = new Map(Object.entries({ 'user.same': 'a', 'user.other': 'a', 'user.lost': 'a' }));
  const found = new Map(Object.entries({ 'user.same': 'a', 'user.other': 'b', 'user.new': '' }));
  expect(attributeDifferences(expected, found)).toEqual([
    'another attribute user.other',
    'without attribute user.lost',
    'an attribute user.new too many',
  ]);
});
