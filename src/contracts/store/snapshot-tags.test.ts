import { expect, it } from 'vitest';
import { originOf, tagsOf } from './snapshot-tags.ts';

const origin = {
  namespace: 'shop',
  claim: 'data-db-0',
  backup: 'db-1',
  uid: '4f2c',
  container: 'db',
  schedule: 'nightly',
};

it('tells of a snapshot again what was said of it', () => {
  expect(originOf(tagsOf(origin))).toEqual(origin);
  const { container: _, schedule: __, ...bare } = origin;
  expect(originOf(tagsOf(bare))).toEqual(bare);
});

it('knows nothing of a snapshot that somebody else made', () => {
  expect(originOf([])).toBeUndefined();
  expect(originOf(['namespace=shop', 'claim=data-db-0', 'backup=db-1', 'uid=4f2c'])).toBeUndefined();
  expect(originOf(['dokkerr', 'namespace=shop'])).toBeUndefined();
});
