import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { identify, isAlive } from '#cluster/identity.ts';
import { waitUntil } from '#cluster/wait.ts';
import { run } from './commands.ts';

/** A process that runs a program which never ends; resolves to both once that has begun. */
async function runForever() {
  const folder = await mkdtemp(join(tmpdir(), 'dokkerr-commands-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const told = join(folder, 'pid');
  const script = `require('node:fs').writeFileSync(${JSON.stringify(told)}, String(process.pid)); setInterval(() => {}, 1000);`;
  const command = { name: 'for ever', program: process.execPath, args: ['--eval', script] };
  const commands = JSON.stringify(new URL('./commands.ts', import.meta.url).href);
  const owner = spawn(process.execPath, [
    '--input-type=module',
    '--eval',
    `(await import(${commands})).run(${JSON.stringify(command)});`,
  ]);
  onTestFinished(() => void owner.kill('SIGKILL'));
  let program: ReturnType<typeof identify>;
  const hasBegun = async () => {
    program = identify(Number(await readFile(told, 'utf8')));
    return program !== undefined;
  };
  await waitUntil('the program runs', hasBegun, { timeoutMs: 60_000 });
  if (program === undefined) throw new Error('it ended at once');
  return { owner, program };
}

describe('a program of the front door', () => {
  it('is told with what it said and whether it ended well', async () => {
    const script = 'console.log("out"); console.error("err"); process.exitCode = 3';
    const outcome = await run({ name: 'said', program: process.execPath, args: ['--eval', script] });
    expect(outcome).toMatchObject({ name: 'said', ok: false });
    expect(outcome.output.split('\n').toSorted()).toEqual(['', 'err', 'out']);
  });

  it('is an outcome, too, where it cannot be started', async () => {
    const outcome = await run({ name: 'none', program: '/no/such/program', args: [] });
    expect(outcome).toMatchObject({ ok: false, output: expect.stringContaining('/no/such/program') as string });
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'ends with the process that runs it, when that gets %s',
    async (signal) => {
      const { owner, program } = await runForever();
      owner.kill(signal);
      await waitUntil('the program is gone', () => !isAlive(program), { timeoutMs: 30_000 });
    },
    100_000,
  );
});
