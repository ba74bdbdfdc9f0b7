import { mkdir, mkdtemp, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
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
  return { path, kind: 'file', size: 4, inode: 0, ...of };
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
  comparison.add(entry('/data/link', { kind: 'symbolic link', size: 0 }), join(target, 'link'));
  comparison.add(entry('/data/absent'), join(target, 'absent'));
  expect(comparison).toMatchObject({ expected: 5, found: 2, mismatches: 3 });
  expect(comparison.mismatched).toEqual([
    `${join(target, 'longer')}: 6 bytes instead of 4 bytes`,
    `${join(target, 'folder')}: a folder instead of a file`,
    `${join(target, 'absent')}: not there`,
  ]);
});

it('names permissions and times that are others, and counts apart who belongs to somebody else', async () => {
  const place = join(target, 'a');
  await writeFile(place, 'four', { mode: 0o640 });
  await utimes(place, 1, 1);
  const comparison = new Comparison();
  comparison.add(entry('/data/a', { mode: 0o640, mtimeNs: 1_000_000_000n }), place);
  comparison.add(entry('/data/a', { owner: { uid: 4711, gid: 4712 } }), place);
  expect(comparison).toMatchObject({ expected: 2, found: 2, mismatches: 0, disowned: 1 });
  expect(comparison.firstDisowned).toMatch(/a: owner \d+:\d+ instead of 4711:4712$/);
  comparison.add(entry('/data/a', { mode: 0o4640, mtimeNs: 0n }), place);
  expect(comparison.mismatched).toEqual([
    `${place}: mode 0640 instead of 4640, changed at 1970-01-01T00:00:01Z instead of 1970-01-01T00:00:00Z`,
  ]);
});

it('needs room for what is not there, once for all names of a file', async () => {
  const space = new SpaceNeeded();
  space.add(entry('/data/a', { size: 1000, inode: 7 }), join(target, 'a'));
  space.add(entry('/data/b', { size: 1000, inode: 7 }), join(target, 'b'));
  space.add(entry('/data/folder', { kind: 'folder', size: 0, inode: 8 }), join(target, 'folder'));
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
