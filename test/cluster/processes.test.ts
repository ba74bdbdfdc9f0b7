import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProcessSpec } from './context.ts';
import { identify, isAlive, isStopped, type ProcessIdentity } from './identity.ts';
import { boundLauncher, Processes } from './processes.ts';

let dir: string;
let processes: Processes;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dokkerr-processes-'));
  processes = new Processes(dir, boundLauncher);
});
afterEach(() => rm(dir, { recursive: true }));

const shell = (script: string, ready?: ProcessSpec['ready']): ProcessSpec => ({
  name: 'program',
  binary: '/bin/sh',
  args: ['-c', script],
  ...(ready ? { ready } : {}),
});

describe('a program', () => {
  it('is ready when its check says so, and its output is in its log', async () => {
    const ready = async () => (await readFile(join(dir, 'log/program.log'), 'utf8')).includes('serving');
    await processes.start(shell('echo serving; exec sleep 60', ready));
    expect(await processes.find('program')).toBeDefined();
    await processes.stop('program');
    expect(await processes.find('program')).toBeUndefined();
  });

  it('that ends before it is ready fails with the end of its log', async () => {
    const starting = processes.start(shell('echo no such flag; exit 7', () => Promise.resolve(false)));
    await expect(starting).rejects.toThrow(/ended at once \(exit code 7\)[\s\S]*no such flag/);
  });

  it('is not started twice', async () => {
    await processes.start(shell('exec sleep 60'));
    await expect(processes.start(shell('exec sleep 60'))).rejects.toThrow('program is running already');
    await processes.stop('program', 'SIGKILL');
  });

  it('stands still once it is paused, and can be ended all the same', async () => {
    await processes.start(shell('exec sleep 60'));
    await processes.pause('program');
    const identity = await processes.find('program');
    expect(identity && isStopped(identity)).toBe(true);
    await processes.stop('program', 'SIGKILL');
  });

  it('can be found and stopped by another process that knows the folder', async () => {
    await processes.start(shell('exec sleep 60'));
    await new Processes(dir, boundLauncher).stop('program');
    await expect(processes.stop('program')).rejects.toThrow('program is not running');
  });

  it('dies when the process that started it is killed', async () => {
    const source = join(import.meta.dirname, 'processes.ts');
    const script = `
      const { Processes, boundLauncher } = await import(${JSON.stringify(source)});
      const spec = { name: 'program', binary: '/bin/sh', args: ['-c', 'exec sleep 60'] };
      await new Processes(${JSON.stringify(dir)}, boundLauncher).start(spec);
      console.log('started');
      setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '--eval', script]);
    await once(owner.stdout, 'data');
    const program = JSON.parse(await readFile(join(dir, 'processes/program.json'), 'utf8')) as ProcessIdentity;
    expect(isAlive(program)).toBe(true);
    owner.kill('SIGKILL');
    await expect.poll(() => isAlive(program)).toBe(false);
  });

  it('dies so too when it is a child of its own that was bound', async () => {
    const source = join(import.meta.dirname, 'processes.ts');
    const script = `
      const { spawn } = await import('node:child_process');
      const { bound } = await import(${JSON.stringify(source)});
      console.log(spawn(...bound('sleep', ['60'])).pid);`;
    const owner = spawn(process.execPath, ['--input-type=module', '--eval', script]);
    const [line] = (await once(owner.stdout, 'data')) as [Buffer];
    const program = identify(Number(line.toString()));
    if (program === undefined) throw new Error('it ended by itself');
    owner.kill('SIGKILL');
    await expect.poll(() => isAlive(program)).toBe(false);
  });
});
