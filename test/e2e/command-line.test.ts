/** The commands for people against an installed operator: what is typed is done, shown, and told to scripts. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Backup } from '#crds/backup.ts';
import { BackupStore } from '#crds/backup-store.ts';
import { Container } from '#crds/container.ts';
import { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { CommandLine } from '#test/operator/command-line.ts';
import { Backups } from './backups.ts';
import { keptNotes, write } from './notes.ts';
import type { Sandbox } from './sandbox.ts';

let backups: Backups;
let sandbox: Sandbox;
let dokkerr: CommandLine;
beforeAll(async () => {
  backups = await Backups.open('command-line');
  sandbox = backups.sandbox;
  dokkerr = new CommandLine(inject('kubeconfig'), sandbox.namespace);
});
afterAll(() => backups[Symbol.asyncDispose]());

/** Whoever deletes data has to say that they mean it. */
async function destroy(name: string): Promise<void> {
  const claim = `data-${name}-0`;
  await sandbox.delete(Container, name);
  await sandbox.patch(PersistentVolumeClaim, claim, {
    metadata: { annotations: { 'dokkerr.io/allow-deletion': 'true' } },
  });
  await sandbox.delete(PersistentVolumeClaim, claim);
  await sandbox.eventually('the data is gone', () => sandbox.get(PersistentVolumeClaim, claim) === undefined);
}

/** What a call has written, once it has ended with that code. */
async function told(code: number, ...args: readonly string[]): Promise<string> {
  const ended = await dokkerr.run(...args);
  const written = ended.stdout + ended.stderr;
  expect(ended.code, written).toBe(code);
  return written;
}

describe.concurrent('from a prompt', () => {
  test('a Container is backed up, its data destroyed, and brought back', async () => {
    await backups.noted('ledger', 'paid in full');
    const made = await told(0, 'backup', 'create', 'ledger-first', '--container', 'ledger', '--wait');
    expect(made).toMatch(/^Backup ledger-first Completed in .*, verified/m);
    expect(made).toMatch(/^Store: done in \d+s$/m);
    expect(made.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    const { items } = JSON.parse(await told(0, 'backup', 'list', '-o', 'json')) as { items: Backup[] };
    expect(items.find(({ metadata }) => metadata.name === 'ledger-first')?.status?.phase).toBe('Completed');
    expect(await told(0, 'backup', 'logs', 'ledger-first')).toMatch(/Z {2}operator +StoreSucceeded/);

    await destroy('ledger');
    await backups.noted('ledger', 'an empty page');
    const back = ['--container', 'ledger', '--to-container', 'ledger', '--checksum', '--wait'];
    expect(await told(0, 'restore', 'create', ...back)).toMatch(/compared \(Checksum/);
    await sandbox.ready('ledger');
    const notes = await backups.notesOf('ledger');
    expect(notes).toContain('paid in full');
    expect(notes).not.toContain('an empty page');
  });

  test('a backup draws its bar while it runs, is left to run on by Ctrl-C, and ends when it is canceled', async () => {
    await backups.declareStore('slow', { throttle: { uploadKiBps: 16 } });
    // As much as takes half a minute at that rate, and shrinks under no compression.
    await backups.noted('bulky', randomBytes(48 * 1024).toString('base64'));
    for (let count = 0; count < 9; count++)
      await write(await sandbox.url('bulky'), randomBytes(45_000).toString('base64'));
    const create = ['backup', 'create', 'bulky-first', '--container', 'bulky', '--store', 'slow', '--wait'];
    const call = dokkerr.onTerminal(...create);
    await call.said('░');
    call.interrupt();
    const { code, stdout } = await call.ended;
    expect(code, stdout).toBe(130);
    expect(stdout).toContain('Backup bulky-first goes on');
    expect(stdout).toMatch(/█*░+\S* +\d+%/);
    expect(await told(0, 'backup', 'cancel', 'bulky-first', '--wait')).toContain('Backup bulky-first Canceled');
  });

  test('a backup of an empty volume fails with its class, and is told to scripts by its exit code', async () => {
    await sandbox.client.create(PersistentVolumeClaim, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { namespace: sandbox.namespace, name: 'blank' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '32Mi' } } },
    });
    const made = await told(1, 'backup', 'create', 'blank-first', '--claim', 'blank', '--wait');
    expect(made).toContain('(SourceEmpty)');
    const restored = await told(2, 'restore', 'create', '--backup', 'blank-first', '--to-claim', 'blank');
    expect(restored).toContain('Backup blank-first is Failed');
  });

  test('a store is shown, and its repository checked, pruned and looked through when asked', async () => {
    expect(await told(0, 'store', 'list')).toMatch(/^offsite +Ready/m);
    expect(await told(0, 'store', 'show', 'offsite')).toMatch(/^Key +Secret offsite-key;/m);
    expect(await told(0, 'store', 'check', 'offsite', '--wait')).toContain('BackupStore offsite is whole');
    expect(sandbox.get(BackupStore, 'offsite')?.status?.lastCheckResult).toBe('Passed');
    expect(await told(0, 'store', 'prune', 'offsite', '--wait')).toContain('BackupStore offsite is pruned');
    expect(await told(0, 'store', 'sync', 'offsite', '--wait')).toMatch(/BackupStore offsite has \d+ snapshot/);
    expect(await told(2, 'store', 'allow-deletion', 'offsite')).toContain('there is nothing to allow');
  });

  test('a store gets another key', async () => {
    const before = (await backups.declareStore('rekeyed')).status?.keyID;
    const rotate = ['store', 'rotate-key', 'rekeyed'];
    expect(await told(0, ...rotate, '--keep-previous-for', '1h', '--wait')).toContain('copy Secret rekeyed-key out');
    expect(sandbox.get(BackupStore, 'rekeyed')?.status?.keyID).not.toBe(before);
    expect(await told(2, ...rotate)).toContain('is not through yet');
  });

  test('a schedule runs now, and rests and goes on as told', async () => {
    await backups.noted('daily', 'today');
    const template = { containerRef: { name: 'daily' } };
    await backups.apply('BackupSchedule', 'yearly', { schedule: '@yearly', template, retention: { keepLast: 3 } });
    expect(await told(0, 'schedule', 'run', 'yearly', '--wait')).toMatch(/^Backup yearly-\d{8}-\d{6} Completed/m);
    expect(await told(0, 'schedule', 'suspend', 'yearly')).toBe('BackupSchedule yearly is suspended\n');
    expect(await told(0, 'schedule', 'list')).toMatch(/^yearly +@yearly +true/m);
    expect(await told(0, 'schedule', 'resume', 'yearly')).toBe('BackupSchedule yearly is not suspended\n');
  });

  test('a Container tells how it is by its exit code, and is stopped and started', async () => {
    await sandbox.declare('shop', keptNotes());
    await sandbox.ready('shop');
    expect(await told(0, 'container', 'status', 'shop')).toMatch(/^Phase +Running$/m);
    await told(0, 'container', 'suspend', 'shop');
    await sandbox.eventually('no pod is left', () => sandbox.pods('shop').length === 0);
    await told(0, 'container', 'resume', 'shop');
    await sandbox.eventually('a pod is back', () => sandbox.pods('shop').length === 1);
  });

  test('a Container that waits for what is not there says for what, and is not ready to scripts', async () => {
    await sandbox.declare('broken', keptNotes({ imagePullSecrets: [{ name: 'not-there' }] }));
    await sandbox.condition('broken', 'ResourcesAvailable', 'False');
    expect(await told(3, 'container', 'status', 'broken')).toContain('not-there');
  });
});
