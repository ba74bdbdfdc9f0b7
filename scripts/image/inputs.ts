/** What an image is made of and what it is called by. Relies on git for the commit; without it the content names it. */
import { createHash } from 'node:crypto';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '#cluster/command.ts';

/** Files and folders of a checkout that decide what is in the image. */
const inputs = [
  'Dockerfile',
  'LICENSE',
  'package.json',
  'package-lock.json',
  'src',
  'scripts/bundle.ts',
  'scripts/image',
  // restic's version and how it is built.
  'test/cluster/binaries/restic',
] as const;

/** The commit an image is made from. */
export interface Revision {
  /** The last commit that changed an input, with `-modified` after it when an input differs from that; or `unknown`. */
  readonly id: string;
  /** RFC 3339; absent for `unknown`. */
  readonly committedAt?: string;
}

/** Whether a file of the inputs ends up in the image or says how it is made. */
export function isInput(path: string): boolean {
  return !path.endsWith('.test.ts');
}

/** SHA-256 over names and contents of every input, and over `more`. */
export async function digestInputs(checkout: string, more: readonly string[]): Promise<string> {
  const files: string[] = [];
  for (const input of inputs) {
    for await (const entry of glob([input, `${input}/**`], { cwd: checkout, withFileTypes: true })) {
      if (entry.isFile()) files.push(join(entry.parentPath, entry.name));
    }
  }
  const hash = createHash('sha256').update(JSON.stringify(more));
  for (const file of files.filter(isInput).sort()) {
    hash.update(`\n${file.slice(checkout.length)}\n`).update(await readFile(file));
  }
  return hash.digest('hex');
}

/** The revision of the checkout's inputs; a checkout without git has none. */
export async function readRevision(checkout: string): Promise<Revision> {
  const git = (...args: string[]) => run('git', ['-C', checkout, ...args, '--', ...inputs]);
  try {
    const [[commit = '', committedAt = ''], changes] = await Promise.all([
      git('log', '-1', '--format=%H %cI').then((line) => line.trim().split(' ')),
      git('status', '--porcelain'),
    ]);
    if (commit === '') return { id: 'unknown' };
    const isModified = changes.split('\n').some((line) => line !== '' && isInput(line));
    return { id: isModified ? `${commit}-modified` : commit, committedAt };
  } catch {
    return { id: 'unknown' };
  }
}

/** `localhost/dokkerr:<version>` and `localhost/dokkerr:<version>-<commit>`, the commit cut to 12 characters. */
export function imageNames(version: string, revision: string): [string, string] {
  const commit = revision.replace(/^([0-9a-f]{12})[0-9a-f]*/, '$1');
  return [`localhost/dokkerr:${version}`, `localhost/dokkerr:${version}-${commit}`];
}
