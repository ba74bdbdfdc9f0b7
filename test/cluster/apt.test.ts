import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aptGet } from './apt.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dokkerr-apt-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A program that says what apt-get says while another one holds its lock, so often, and then ends as told. */
async function apt(locked: number, ending: string): Promise<string> {
  const program = join(folder, 'apt-get');
  const script = `#!/bin/sh
echo "$@" >> ${folder}/calls
if [ "$(wc -l < ${folder}/calls)" -le ${locked} ]; then
  echo 'E: Could not get lock /var/lib/apt/lists/lock. It is held by process 25534 (apt-get)' >&2
  echo 'E: Unable to lock directory /var/lib/apt/lists/' >&2
  exit 100
fi
${ending}
`;
  await writeFile(program, script);
  await chmod(program, 0o755);
  return program;
}

const calls = async () => (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n');

it('waits while somebody else installs packages', async () => {
  await aptGet(['update', '-qq'], await apt(2, 'exit 0'), 1);
  expect(await calls()).toEqual(['update -qq', 'update -qq', 'update -qq']);
});

it('fails at once, in the words of apt-get, for any other reason', async () => {
  const program = await apt(0, 'echo "E: Unable to locate package nothing" >&2; exit 100');
  await expect(aptGet(['install', 'nothing'], program, 1)).rejects.toThrow('Unable to locate package nothing');
  expect(await calls()).toHaveLength(1);
});
