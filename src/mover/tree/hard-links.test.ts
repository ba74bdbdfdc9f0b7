import { expect, it } from 'vitest';
import type { Entry } from './entry.ts';
import { HardLinks } from './hard-links.ts';

const entry = (identity: string, links: number) => ({ identity, links }) as Entry;

it('takes the same groups as the same, whatever the files are', () => {
  const links = new HardLinks();
  expect(links.add('a', entry('s1', 2), entry('t8', 2))).toEqual({ isKnown: false });
  expect(links.add('b', entry('s2', 1), entry('t9', 1))).toEqual({ isKnown: false });
  expect(links.add('c', entry('s1', 2), entry('t8', 2))).toEqual({ isKnown: true });
});

it('takes a name whose others lie outside as its own', () => {
  const links = new HardLinks();
  expect(links.add('a', entry('s1', 2), entry('t1', 1))).toEqual({ isKnown: false });
});

it('finds a group that fell apart, and one that came together', () => {
  const links = new HardLinks();
  links.add('a', entry('s1', 2), entry('t1', 1));
  expect(links.add('b', entry('s1', 2), entry('t2', 1)).difference).toBe(
    'a file of its own instead of one file with a',
  );
  links.add('c', entry('s3', 1), entry('t3', 2));
  expect(links.add('d', entry('s4', 1), entry('t3', 2)).difference).toBe(
    'one file with c instead of a file of its own',
  );
});

it('finds names that changed their groups', () => {
  const links = new HardLinks();
  links.add('a', entry('s1', 2), entry('t1', 2));
  links.add('b', entry('s2', 2), entry('t2', 2));
  expect(links.add('c', entry('s1', 2), entry('t2', 2)).difference).toBe('one file with b instead of one file with a');
});
