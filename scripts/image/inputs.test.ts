import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '#cluster/command.ts';
import { digestInputs, imageNames, readRevision } from './inputs.ts';

let checkout: string;
const write = (file: string, text: string) => writeFile(join(checkout, file), text);
const git = (...args: string[]) => run('git', ['-C', checkout, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args]);

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'dokkerr-inputs-'));
  await mkdir(join(checkout, 'src/deep'), { recursive: true });
  await write('src/deep/part.ts', 'one');
  await write('README.md', 'read me');
});
afterEach(() => rm(checkout, { recursive: true }));

describe('the digest of the inputs', () => {
  it('changes with a source file, a new file and what else it is told', async () => {
    const before = await digestInputs(checkout, ['base']);
    await write('src/deep/part.ts', 'two');
    const changed = await digestInputs(checkout, ['base']);
    await write('src/more.ts', '');
    const grown = await digestInputs(checkout, ['base']);
    expect(new Set([before, changed, grown, await digestInputs(checkout, ['other base'])]).size).toBe(4);
  });

  it('stays when a test or a file outside the image changes', async () => {
    const before = await digestInputs(checkout, []);
    await write('src/deep/part.test.ts', 'a test');
    await write('README.md', 'read me again');
    expect(await digestInputs(checkout, [])).toBe(before);
  });
});

describe('the revision', () => {
  it('is the last commit that changed an input', async () => {
    await git('init', '--quiet');
    await git('add', '.');
    await git('commit', '--quiet', '-m', 'all');
    const commit = (await git('rev-parse', 'HEAD')).trim();
    await write('README.md', 'read me again');
    await git('commit', '--quiet', '-a', '-m', 'documents');
    expect((await readRevision(checkout)).id).toBe(commit);
  });

  it('says when an input differs from the commit, and not when a test does', async () => {
    await git('init', '--quiet');
    await git('add', '.');
    await git('commit', '--quiet', '-m', 'all');
    await write('src/part.test.ts', 'a test');
    expect((await readRevision(checkout)).id).not.toContain('modified');
    await write('src/deep/part.ts', 'two');
    expect((await readRevision(checkout)).id).toMatch(/^[0-9a-f]{40}-modified$/);
  });

  it('is unknown without git', async () => {
    expect(await readRevision(checkout)).toEqual({ id: 'unknown' });
  });
});

it('names an image by version, and by version and short commit', () => {
  expect(imageNames('1.2.3', `${'0123456789'.repeat(4)}-modified`)).toEqual([
    'localhost/dokkerr:1.2.3',
    'localhost/dokkerr:1.2.3-012345678901-modified',
  ]);
});
