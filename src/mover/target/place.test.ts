import { expect, it } from 'vitest';
import { folderToRestore, placeOf } from './place.ts';

const snapshot = (...paths: string[]) => ({ id: 'abc', time: '', host: 'h', tags: [], paths });

it('takes the folder that is wanted, also where only parts of it were backed up', () => {
  expect(folderToRestore(snapshot('/data'), '/data')).toBe('/data');
  expect(folderToRestore(snapshot('/data/a', '/data/b/c'), '/data')).toBe('/data');
});

it('takes the only path of a snapshot that was made elsewhere', () => {
  expect(folderToRestore(snapshot('/srv/db'), '/data')).toBe('/srv/db');
});

it('refuses to choose between several paths', () => {
  expect(() => folderToRestore(snapshot('/srv/db', '/etc'), '/data')).toThrow(/say which/);
  expect(() => folderToRestore(snapshot('/database', '/data'), '/data')).toThrow(/say which/);
});

it('puts what is in the folder into the target and nothing else', () => {
  expect(placeOf('/data/a/b', '/data', '/mnt')).toBe('/mnt/a/b');
  expect(placeOf('/data', '/data', '/mnt')).toBeUndefined();
  expect(placeOf('/database/a', '/data', '/mnt')).toBeUndefined();
  expect(placeOf('/data/lost+found/#12', '/data', '/mnt')).toBeUndefined();
  expect(placeOf('/data/a/lost+found', '/data', '/mnt')).toBe('/mnt/a/lost+found');
  expect(placeOf('/etc/hosts', '/', '/mnt')).toBe('/mnt/etc/hosts');
});
