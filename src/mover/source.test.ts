import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isEmptySource } from './source.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dokkerr-source-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('calls a folder empty that has folders only', async () => {
  await mkdir(join(folder, 'a/b/c'), { recursive: true });
  expect(await isEmptySource(folder)).toBe(true);
});

it('calls a new file system empty', async () => {
  await mkdir(join(folder, 'lost+found'));
  await writeFile(join(folder, 'lost+found/fragment'), '');
  expect(await isEmptySource(folder)).toBe(true);
});

it('finds a file however deep it is', async () => {
  await mkdir(join(folder, 'a/b'), { recursive: true });
  await writeFile(join(folder, 'a/b/file'), '');
  expect(await isEmptySource(folder)).toBe(false);
});

it('counts a link as something', async () => {
  await symlink('/nowhere', join(folder, 'link'));
  expect(await isEmptySource(folder)).toBe(false);
});

it('asks for the mount where there is no such folder', async () => {
  await expect(isEmptySource(join(folder, 'absent'))).rejects.toMatchObject({
    class: 'SourceUnreadable',
    message: expect.stringContaining('mounted') as string,
  });
});
