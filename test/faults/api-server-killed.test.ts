/**
 * An API server that dies with each record of a run: it has stored it, and nobody hears so. Operator, kubelet and all else
 * live on without it, for half a minute while data is moved.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { attachCluster } from '#cluster/local.ts';
import type { Backups } from '../e2e/backups.ts';
import { write } from '../e2e/notes.ts';
import { type BackupsOnHost, openOnHost } from './on-host.ts';
import { countSnapshots, expectNoMoverTwice, expectNothingLeft } from './runs.ts';
import { WatchedOperator } from './watched-operator.ts';

/** Milliseconds it is away while data is moved, when most depends on nothing being lost meanwhile. */
const outage = 30_000;
const moving = /^(Store|Restore)$/;

/** Milliseconds for a run of which every record costs an API server. */
const patience = 1_000_000;

let operator: WatchedOperator;
let host: BackupsOnHost;
let backups: Backups;
beforeAll(async () => {
  operator = await WatchedOperator.start(inject('kubeconfig'));
  host = await openOnHost('api-server-killed');
  backups = host.backups;
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await operator[Symbol.asyncDispose]();
});

/** Kills it with each record of that controller; resolves to the steps it died at. */
async function mortal(controller: string): Promise<() => string[]> {
  const cluster = await attachCluster(inject('cluster'));
  const steps: string[] = [];
  operator.atEach(controller, async ({ when, what, step }) => {
    if (when === 'before' || step === undefined) return true;
    steps.push(step);
    console.log(`the API server dies with ${what}`);
    await cluster.kill('kube-apiserver');
    if (moving.test(step) && what.includes('Running')) await pause(outage);
    await cluster.start('kube-apiserver');
    return false;
  });
  return () => {
    operator.spare();
    return steps;
  };
}

const hook = (name: string) => ({ name, exec: { command: ['/notes', name] } });

test('a backup completes once, and the application that was frozen for it goes on', async () => {
  await backups.noted('frozen', 'kept');
  const deaths = await mortal('backup');
  const backup = await backups.backUp(
    'frozen-once',
    {
      containerRef: { name: 'frozen' },
      hooks: { pre: [hook('freeze')], post: [hook('thaw')] },
    } as object,
    patience,
  );
  expect(deaths()).toEqual(expect.arrayContaining(['PreHooks', 'Snapshot', 'PostHooks', 'Copy', 'Store', 'CleanUp']));
  expect(backup.status).toMatchObject({ phase: 'Completed', verification: { result: 'Passed' } });
  expectNoMoverTwice(backups, backup);
  expect(await countSnapshots(backups)).toBe(1);
  await expectNothingLeft(backups);
  await write(await backups.sandbox.url('frozen'), 'after all');
});

test('a restore in place writes once, and the application runs on what was restored', async () => {
  await backups.noted('diary', 'before the backup');
  await backups.backUp('diary-first', { containerRef: { name: 'diary' } });
  await write(await backups.sandbox.url('diary'), 'after the backup');
  const deaths = await mortal('restore');
  const restore = await backups.bringBack(
    'diary-back',
    {
      source: { backupRef: { name: 'diary-first' } },
      target: { containerRef: { name: 'diary' } },
    },
    patience,
  );
  expect(deaths()).toEqual(
    expect.arrayContaining(['VerifyIntegrity', 'Quiesce', 'SafetyBackup', 'Restore', 'CleanUp']),
  );
  expect(restore.status).toMatchObject({ phase: 'Completed', verification: { result: 'Passed' } });
  expectNoMoverTwice(backups, restore);
  await backups.sandbox.ready('diary');
  const notes = await backups.notesOf('diary');
  expect(notes).toContain('before the backup');
  expect(notes).not.toContain('after the backup');
  await expectNothingLeft(backups);
});
