/** Restore drills and checks: a backup is proven by a program of the user's, on data that was really restored. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Backup } from '#crds/backup.ts';
import { BackupSchedule } from '#crds/backup-schedule.ts';
import { Container } from '#crds/container.ts';
import { Restore } from '#crds/restore.ts';
import type { Check } from '#crds/run/check.ts';
import { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { findCondition } from '#runtime/controller/conditions.ts';
import { Backups, patience } from './backups.ts';

let backups: Backups;
beforeAll(async () => {
  backups = await Backups.open('drill');
});
afterAll(() => backups[Symbol.asyncDispose]());

/** Exits with 0 if a note says so. */
const finds = (text: string): Check => ({ image: 'localhost/notes:1.0', args: ['find', text], timeoutSeconds: 120 });

const scratchClaims = () =>
  backups.sandbox.list(PersistentVolumeClaim).filter(({ metadata }) => metadata.name.startsWith('scratch-'));

const gone = (restore: Restore) =>
  backups.sandbox.eventually(
    'its scratch claim is gone',
    () => !scratchClaims().some(({ metadata }) => metadata.name.includes(restore.metadata.uid ?? '')),
  );

describe.concurrent('a restore into scratch claims', () => {
  test('is Completed once the program has found what it looks for, and leaves nothing', async () => {
    await backups.noted('book', 'worth keeping');
    await backups.backUp('book-first', { containerRef: { name: 'book' } });
    const restore = await backups.bringBack('book-proof', {
      source: { backupRef: { name: 'book-first' } },
      target: { scratch: {} },
      verify: { source: 'Metadata', target: 'Checksum', job: finds('worth keeping') },
    });
    expect(restore.status).toMatchObject({ phase: 'Completed', verification: { result: 'Passed', mode: 'Checksum' } });
    expect(restore.status?.steps).toContainEqual(
      expect.objectContaining({
        name: 'Check',
        state: 'Succeeded',
        message: 'localhost/notes:1.0 found nothing wrong',
      }),
    );
    await gone(restore);
  });

  test('has failed, in the words of the program, when that refuses the data', async () => {
    await backups.noted('letter', 'dear reader');
    await backups.backUp('letter-first', { containerRef: { name: 'letter' } });
    const restore = await backups.bringBack('letter-proof', {
      source: { backupRef: { name: 'letter-first' } },
      target: { scratch: {} },
      verify: { source: 'Metadata', target: 'Stats', job: finds('dear writer') },
    });
    expect(restore.status).toMatchObject({ phase: 'Failed', failureClass: 'VerificationFailed' });
    expect(restore.status?.failure?.message).toContain('no note of 12 bytes of them says "dear writer"');
    await gone(restore);
  });
});

test.concurrent('a restore in place whose result the program refuses is undone, and the Container serves what it had', async () => {
  await backups.noted('ledger', 'paid');
  await backups.backUp('ledger-first', { containerRef: { name: 'ledger' } });
  const restore = await backups.bringBack('ledger-back', {
    source: { backupRef: { name: 'ledger-first' } },
    target: { containerRef: { name: 'ledger' } },
    verify: { source: 'Metadata', target: 'Stats', job: finds('owed') },
  });
  expect(restore.status).toMatchObject({ phase: 'RolledBack', failureClass: 'VerificationFailed' });
  await backups.sandbox.ready('ledger');
  expect(await backups.notesOf('ledger')).toContain('paid');
});

test.concurrent('a schedule proves its latest backup by drills, and says when it last did', async () => {
  const { sandbox } = backups;
  await backups.noted('diary', 'day one');
  await backups.apply('BackupSchedule', 'proven', {
    schedule: '@yearly',
    runOnCreate: true,
    template: { containerRef: { name: 'diary' } },
    drill: { schedule: '* * * * *', job: finds('day one'), historyLimit: 1 },
  });
  const first = await sandbox.eventually(
    'a proof',
    () => {
      const found = sandbox.get(BackupSchedule, 'proven')?.status;
      return found?.lastVerifiedTime !== undefined && found;
    },
    patience,
  );
  expect(first.lastVerifiedBackup).toBe(first.lastSuccessfulBackup);
  expect(first.consecutiveDrillFailures).toBe(0);
  expect(findCondition(first.conditions, 'Proven')).toMatchObject({ status: 'True', reason: 'Restored' });
  const columns = await sandbox.kubectl(['get', 'backupschedule', 'proven']);
  expect(columns).toContain('PROVEN');

  // The next drill looks for what no backup holds.
  await sandbox.patch(BackupSchedule, 'proven', { spec: { drill: { job: finds('day two') } } });
  const refused = await sandbox.eventually(
    'a drill that failed',
    () => {
      const found = sandbox.get(BackupSchedule, 'proven')?.status;
      return findCondition(found?.conditions, 'Proven')?.status === 'False' && found;
    },
    patience,
  );
  expect(findCondition(refused.conditions, 'Proven')?.message).toContain('day two');
  expect(refused.consecutiveDrillFailures).toBeGreaterThan(0);
  const kept = () =>
    sandbox.list(Restore).filter(({ metadata }) => metadata.labels?.['dokkerr.io/schedule'] === 'proven');
  await sandbox.eventually('all but the latest drill are gone', () => kept().length <= 1 && kept());

  await sandbox.delete(BackupSchedule, 'proven');
  await sandbox.eventually('its drills go with it', () => kept().length === 0, patience);
  expect(sandbox.get(Backup, refused.lastSuccessfulBackup ?? '')).toBeDefined();
});

test.concurrent("a Container's own backups are a schedule as declared, which goes with the declaration while its backups stay", async () => {
  const { sandbox } = backups;
  await backups.noted('journal', 'kept by itself');
  await sandbox.patch(Container, 'journal', {
    spec: { backup: { schedule: '@yearly', runOnCreate: true, template: { deletionPolicy: 'Delete' } } },
  });
  const name = await sandbox.eventually(
    'a backup that completed',
    () => sandbox.get(BackupSchedule, 'journal')?.status?.lastSuccessfulBackup,
    patience,
  );
  expect(sandbox.get(BackupSchedule, 'journal')?.spec.template).toMatchObject({
    containerRef: { name: 'journal' },
    deletionPolicy: 'Delete',
  });
  await sandbox.patch(Container, 'journal', { spec: { backup: null } });
  await sandbox.eventually('the schedule is gone', () => sandbox.get(BackupSchedule, 'journal') === undefined);
  expect(sandbox.get(Backup, name)?.metadata.deletionTimestamp).toBeUndefined();
});
