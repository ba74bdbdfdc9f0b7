import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SnapshotEntry } from '../engine.ts';
import { Comparison } from './compare.ts';
import { refuseTooSmall, SpaceNeeded } from './space.ts';

let target: string;
beforeEach(async () => {
  target = await mkdtemp(join(tmpdir(), 'dokkerr-target-'));
});
afterEach(() => rm(target, { recursive: true }));

function entry(path: string, of: Partial<SnapshotEntry> = {}): SnapshotEntry {
  return { path, type: 'file', size: 4, inode: 0, ...of };
}

it('names what is missing, of another kind or of another size', async () => {
  await writeFile(join(target, 'same'), 'four');
  await writeFile(join(target, 'longer'), 'longer');
  await mkdir(join(target, 'folder'));
  await symlink('/nowhere', join(target, 'link'));
  const comparison = new Comparison();
  comparison.add(entry('/data/same'), join(target, 'same'));
  comparison.add(entry('/data/longer'), join(target, 'longer'));
  comparison.add(entry('/data/folder'), join(target, 'folder'));
  comparison.add(entry('/data/link', { type: 'symlink' }), join(target, 'link'));
  comparison.add(entry('/data/absent'), join(target, 'absent'));
  expect(comparison).toMatchObject({ expected: 5, found: 2, mismatches: 3 });
  expect(comparison.mismatched).toEqual([
    `${join(target, 'longer')}: 6 bytes instead of 4`,
    `${join(target, 'folder')}: a dir instead of a file`,
    `${join(target, 'absent')}: not there`,
  ]);
});

it('needs room for what is not there, once for all names of a file', async () => {
  const space = new SpaceNeeded();
  space.add(entry('/data/a', { size: 1000, inode: 7 }), join(target, 'a'));
  space.add(entry('/data/b', { size: 1000, inode: 7 }), join(target, 'b'));
  space.add(entry('/data/folder', { type: 'dir', size: 0, inode: 8 }), join(target, 'folder'));
  expect(space.bytes).toBe(1000);
});

it('takes what lies in its place as room, but for its holes', async () => {
  await writeFile(join(target, 'full'), Buffer.alloc(1 << 16, 1));
  await writeFile(join(target, 'hole'), '');
  await truncate(join(target, 'hole'), 1 << 16);
  const space = new SpaceNeeded();
  space.add(entry('/data/full', { size: 1 << 16, inode: 1 }), join(target, 'full'));
  expect(space.bytes).toBe(0);
  space.add(entry('/data/hole', { size: 1 << 16, inode: 2 }), join(target, 'hole'));
  expect(space.bytes).toBe(1 << 16);
});

it('refuses with both figures', () => {
  expect(() => refuseTooSmall(10, 10, '/data')).not.toThrow();
  expect(() => refuseTooSmall(11, 10, '/data')).toThrow(/^11 bytes .* \/data has room for 10/);
});
