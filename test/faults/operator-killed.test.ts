/**
 * An operator that dies at each of its writes for a run, once before it is made and once after it, before it hears so: what
 * is done is done once, whoever is in the middle of it.
 */
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { Backup } from '#crds/backup.ts';
import type { Backups } from '../e2e/backups.ts';
import { type BackupsOnHost, openOnHost } from './on-host.ts';
import {
  backedUp,
  backUpFrozen,
  bringBack,
  countSnapshots,
  expectBroughtBack,
  expectNoMoverTwice,
  expectNothingLeft,
  patience,
} from './runs.ts';
import { WatchedOperator } from './watched-operator.ts';

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

test('a backup completes once, and the application that was frozen for it goes on', async () => {
  const deaths = operator.dieAtEach('backup');
  await backUpFrozen(backups);
  const steps = ['PreHooks', 'Snapshot', 'PostHooks', 'Copy', 'Store', 'CleanUp'];
  expect(deaths()).toEqual(expect.arrayContaining(steps));
});

test('a Container that was stopped for its backup is started again', async () => {
  await backups.declareStore('stopping');
  await backups.noted('stopped', 'kept');
  const deaths = operator.dieAtEach('backup');
  const backup = await backups.backUp(
    'stopped-once',
    { containerRef: { name: 'stopped' }, storeRef: { name: 'stopping' }, quiesce: 'ScaleDown' },
    patience,
  );
  expect(deaths()).toContain('Quiesce');
  expect(backup.status?.phase).toBe('Completed');
  expectNoMoverTwice(backups, backup);
  expect(await countSnapshots(backups, 'stopping')).toBe(1);
  await backups.sandbox.ready('stopped');
});

test('a restore in place writes once, and the application runs on what was restored', async () => {
  await backedUp(backups, 'diary');
  const deaths = operator.dieAtEach('restore');
  const restore = await bringBack(backups, 'diary');
  const steps = ['VerifyIntegrity', 'Quiesce', 'SafetyBackup', 'Restore'];
  expect(deaths()).toEqual(expect.arrayContaining(steps));
  await expectBroughtBack(backups, 'diary', restore);
  const safety = restore.status?.safetyBackupRef?.name ?? '';
  expect(backups.sandbox.get(Backup, safety)?.status?.phase).toBe('Completed');
});

test('a restore in place that fails is undone, and the application runs on what it had', async () => {
  await backedUp(backups, 'ledger');
  const deaths = operator.dieAtEach('restore');
  const job = { image: 'localhost/notes:1.0', command: ['/notes', 'get', 'http://127.0.0.1:1'] };
  const restore = await bringBack(backups, 'ledger', { verify: { job } });
  expect(deaths()).toEqual(expect.arrayContaining(['Check', 'Stop', 'RestoreBackup']));
  expect(restore.status?.phase).toBe('RolledBack');
  await backups.sandbox.ready('ledger');
  expect(await backups.notesOf('ledger')).toContain('after the backup');
  await expectNothingLeft(backups);
});
