import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { completionScript } from './scripts.ts';

/** What a real bash offers for these words, the last one being written. */
async function offered(...words: readonly string[]): Promise<string[]> {
  const line = ['dokkerr', ...words].map((word) => `'${word}'`).join(' ');
  const program = `
    dokkerr() { '${process.execPath}' src/main.ts "$@"; }
    ${completionScript('bash', 'dokkerr')}
    COMP_WORDS=(${line}); COMP_CWORD=${words.length}
    _dokkerr 2>/dev/null
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await promisify(execFile)('bash', ['-c', program]);
  return stdout.split('\n').filter((word) => word !== '');
}

/** Milliseconds: each question starts the program, which a busy machine takes its time for. */
const timeout = 60_000;

describe('bash', { timeout }, () => {
  it('offers what the program says may be written next, without its meaning', async () => {
    expect(await offered('backup', 'c')).toEqual(['create', 'cancel']);
    expect(await offered('backup', 'create', '--verify', '')).toEqual(['None', 'Metadata', 'Data']);
  });

  it('offers nothing where there is nothing, and no message of an error', async () => {
    expect(await offered('backup', 'show', '--kubeconfig', '/nowhere', '')).toEqual([]);
  });
});
