/** A backup as a pod makes it: a process that is given a request and mounts, and leaves an exit code and a result. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { waitUntil } from '#cluster/wait.ts';
import { incompressible } from '#src/mover/testing/incompressible.ts';
import { writeOddTree } from '#test/fixtures/tree.ts';
import { type Trial, useTrials } from './trial.ts';
import { password } from './workbench.ts';

let trial: Trial;
useTrials((begun) => {
  trial = begun;
});

beforeEach(() => trial.create());

it('a backup ends with 0, the snapshot’s id, what it read and the word that it was verified', async () => {
  await writeOddTree(trial.source);
  const { exitCode, result, lines } = await trial.backup({ verify: { mode: 'Data', readDataPercent: 100 } });
  expect(exitCode).toBe(0);
  expect(result).toMatchObject({
    operation: 'backup',
    outcome: 'Succeeded',
    snapshotID: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    repositoryID: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    stats: { filesFailed: 0 },
    verification: { result: 'Passed', mode: 'Data' },
  });
  expect(result.verification?.bytesRead).toBeGreaterThan(0);
  expect(result.verification?.filesFound).toBe(result.stats?.filesTotal);
  expect(lines[0]).toMatchObject({ type: 'progress', phase: 'Opening' });
});

it('a backup ends on SIGTERM as cancelled and leaves no lock', async () => {
  await writeFile(join(trial.source, 'large'), incompressible(6 << 20));
  const order = { limits: { uploadKiBps: 256 }, compression: 'None', source: trial.source, host: 'h' } as const;
  const running = await trial.start({ operation: 'backup', ...order });
  await waitUntil('a lock', async () => (await trial.repository.locks()) > 0, { timeoutMs: 30_000 });
  running.child.kill('SIGTERM');
  const { exitCode, result } = await running.ended;
  expect(exitCode).toBe(130);
  expect(result).toMatchObject({ outcome: 'Failed', failure: { class: 'Canceled', retryable: false } });
  expect(await trial.repository.locks()).toBe(0);
});

it('a mover shows its secrets to no list of processes and writes them nowhere', async () => {
  await writeFile(join(trial.source, 'large'), incompressible(2 << 20));
  const order = { limits: { uploadKiBps: 512 }, compression: 'None', source: trial.source, host: 'h' } as const;
  const running = await trial.start({ operation: 'backup', ...order });
  await waitUntil('a lock', async () => (await trial.repository.locks()) > 0, { timeoutMs: 30_000 });
  const commandLines = await commandLinesBelow(running.child.pid ?? 0);
  const { result, lines } = await running.ended;
  expect(commandLines).toContain('backup');
  const { secretAccessKey } = trial.repository.access.credentials;
  for (const text of [commandLines, JSON.stringify([result, lines])]) {
    expect(text).not.toContain(secretAccessKey);
    expect(text).not.toContain(password);
  }
});

/** The command lines of the mover and of what it started. */
async function commandLinesBelow(pid: number): Promise<string> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter((id) => id !== '');
  const lines = await Promise.all([`${pid}`, ...children].map((id) => readFile(`/proc/${id}/cmdline`, 'utf8')));
  return lines.join('\n').replaceAll('\0', ' ');
}
