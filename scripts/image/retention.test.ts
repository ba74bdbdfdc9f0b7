import { expect, it } from 'vitest';
import { expired } from './retention.ts';

const hour = 60 * 60 * 1000;
const archives = [5, 1, 4, 2, 3, 6].map((hours) => ({ path: `${hours}`, usedAt: -hours * hour }));

it('gives up all but the archives used last', () => {
  expect(expired(archives, 0, 4)).toEqual(['5', '6']);
});

it('keeps any number of archives that were used within the hour', () => {
  const recent = archives.map(({ path }) => ({ path, usedAt: 0 }));
  expect(expired(recent, hour, 0)).toEqual([]);
});
