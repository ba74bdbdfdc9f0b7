/**
 * An operator that dies at each of its writes for a run, once before it is made and once after it, before it hears so: what
 * is done is done once, whoever is in the middle of it.
 */
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { Backup } from '#crds/backup.ts';
import type { Backups } from '../e2e/backups.ts';
import { write } from '../e2e/notes.ts';
import { type BackupsOnHost, openOnHost } from './on-host.ts';
import { countSnapshots, expectNoMoverTwice, expectNothingLeft } from './runs.ts';
import { type Moment, WatchedOperator } from './watched-operator.ts';

let operator: WatchedOperator;
let host: BackupsOnHost;
let backups: Backups;
beforeAll(async () => {
  operator = await WatchedOperator.start(inject('kubeconfig'));
  host = await openOnHost('operator-killed');
  backups = host.backups;
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await operator[Symbol.asyncDispose]();
});
afterEach(() => operator.spare());

/** Milliseconds for a run of which every write costs two operators. */
const patience = 1_000_000;

/** Kills it at each write of that controller; resolves to the steps that stood in the record at its deaths. */
function mortal(controller: string): () => Set<string> {
  const deaths: Moment[] = [];
  operator.atEach(controller, async (moment) => {
    deaths.push(moment);
    console.log(`the operator dies ${moment.when} ${moment.what}`);
    await operator.kill();
    return false;
  });
  return () => {
    operator.spare();
    console.log(`${deaths.length} deaths`);
    return new Set(deaths.flatMap(({ step }) => step ?? []));
  };
}

const hook = (name: string) => ({ name, exec: { command: ['/notes', name] } });

test('a backup completes once, and the application that was frozen for it goes on', async () => {
  await backups.noted('frozen', 'kept');
  const deaths = mortal('backup');
  const backup = await backups.backUp(
    'frozen-once',
    {
      containerRef: { name: 'frozen' },
      hooks: { pre: [hook('freeze')], post: [hook('thaw')] },
    } as object,
    patience,
  );
  const steps = deaths();
  for (const step of ['PreHooks', 'Snapshot', 'PostHooks', 'Copy', 'Store', 'CleanUp']) expect(steps).toContain(step);
  expect(backup.status).toMatchObject({ phase: 'Completed', verification: { result: 'Passed' } });
  expectNoMoverTwice(backups, backup);
  expect(await countSnapshots(backups)).toBe(1);
  await expectNothingLeft(backups);
  await write(await backups.sandbox.url('frozen'), 'after all');
});

test('a Container that was stopped for its backup is started again', async () => {
  await backups.declareStore('stopping');
  await backups.noted('stopped', 'kept');
  const deaths = mortal('backup');
  const backup = await backups.backUp(
    'stopped-once',
    {
      containerRef: { name: 'stopped' },
      storeRef: { name: 'stopping' },
      quiesce: 'ScaleDown',
    },
    patience,
  );
  expect(deaths()).toContain('Quiesce');
  expect(backup.status?.phase).toBe('Completed');
  expectNoMoverTwice(backups, backup);
  expect(await countSnapshots(backups, 'stopping')).toBe(1);
  await backups.sandbox.ready('stopped');
});

test('a restore in place writes once, and the application runs on what was restored', async () => {
  await backups.noted('diary', 'before the backup');
  await backups.backUp('diary-first', { containerRef: { name: 'diary' } });
  await write(await backups.sandbox.url('diary'), 'after the backup');
  const deaths = mortal('restore');
  const restore = await backups.bringBack(
    'diary-back',
    {
      source: { backupRef: { name: 'diary-first' } },
      target: { containerRef: { name: 'diary' } },
    },
    patience,
  );
  const steps = deaths();
  for (const step of ['VerifyIntegrity', 'Quiesce', 'SafetyBackup', 'Restore', 'CleanUp'])
    expect(steps).toContain(step);
  expect(restore.status).toMatchObject({ phase: 'Completed', verification: { result: 'Passed' } });
  expectNoMoverTwice(backups, restore);
  const safety = restore.status?.safetyBackupRef?.name ?? '';
  expect(backups.sandbox.get(Backup, safety)?.status?.phase).toBe('Completed');
  await backups.sandbox.ready('diary');
  const notes = await backups.notesOf('diary');
  expect(notes).toContain('before the backup');
  expect(notes).not.toContain('after the backup');
  await expectNothingLeft(backups);
});

test('a restore in place that fails is undone, and the application runs on what it had', async () => {
  await backups.noted('ledger', 'before the backup');
  await backups.backUp('ledger-first', { containerRef: { name: 'ledger' } });
  await write(await backups.sandbox.url('ledger'), 'after the backup');
  const deaths = mortal('restore');
  const job = { image: 'localhost/notes:1.0', command: ['/notes', 'get', 'http://127.0.0.1:1'] };
  const restore = await backups.bringBack(
    'ledger-back',
    {
      source: { backupRef: { name: 'ledger-first' } },
      target: { containerRef: { name: 'ledger' } },
      verify: { job },
    } as object,
    patience,
  );
  const steps = deaths();
  for (const step of ['Check', 'Stop', 'RestoreBackup']) expect(steps).toContain(step);
  expect(restore.status?.phase).toBe('RolledBack');
  await backups.sandbox.ready('ledger');
  expect(await backups.notesOf('ledger')).toContain('after the backup');
  await expectNothingLeft(backups);
});
