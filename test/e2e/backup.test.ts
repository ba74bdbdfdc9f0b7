/** Backups against a real object store, with real snapshots and real restic: what comes back, and what never lies. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Backup } from '#crds/backup.ts';
import { BackupSchedule } from '#crds/backup-schedule.ts';
import { BackupStore } from '#crds/backup-store.ts';
import { Container } from '#crds/container.ts';
import type { Restore } from '#crds/restore.ts';
import { Job, PersistentVolumeClaim, Pod, Secret } from '#runtime/client/kinds.ts';
import { Backups, patience } from './backups.ts';
import { keptNotes, write } from './notes.ts';
import type { Sandbox } from './sandbox.ts';

let backups: Backups;
let sandbox: Sandbox;
beforeAll(async () => {
  backups = await Backups.open('backup');
  sandbox = backups.sandbox;
});
afterAll(() => backups[Symbol.asyncDispose]());

const isMoving = ({ labels }: Pod['metadata'], status: Pod['status']) =>
  labels?.['dokkerr.io/mover'] === 'backup' && status?.phase === 'Running';

const states = ({ status }: Backup | Restore) =>
  (status?.steps ?? []).map(({ name, state }) => `${name}=${state}`).join(' ');

describe.concurrent('a store', () => {
  test('has a key and a repository of its own, and says which', async () => {
    const { status } = await backups.storeReady('offsite');
    expect(status?.keySecret).toBe('offsite-key');
    expect(status?.repositoryID).toMatch(/^[0-9a-f]{64}$/);
    const secret = await sandbox.client.get(Secret, { namespace: sandbox.namespace, name: 'offsite-key' });
    const password = Buffer.from(secret?.data?.password ?? '', 'base64').toString();
    expect(password).toHaveLength(43);
    expect(JSON.stringify(sandbox.get(BackupStore, 'offsite'))).not.toContain(password);
  });

  test('whose bucket or credentials are wrong says so, and works as soon as they are right', async () => {
    await backups.applyStore('astray', {}, { bucket: 'nowhere' });
    await sandbox.eventually('BucketMissing', () => {
      const found = sandbox.get(BackupStore, 'astray')?.status?.conditions;
      return found?.some(({ type, reason }) => type === 'BackendReachable' && reason === 'BucketMissing');
    });
    await backups.applyStore('locked-out', {}, { credentialsRef: { name: 'not-there' } });
    await sandbox.eventually('the missing Secret by name', () =>
      sandbox.get(BackupStore, 'locked-out')?.status?.lastError?.message.includes('Secret not-there'),
    );
    await backups.declareStore('locked-out');
  });
});

describe.concurrent('a backup', () => {
  test('of a Container is Completed only when proven, and a Restore in place brings the data back', async () => {
    await backups.noted('diary', 'written before the backup');
    const backup = await backups.backUp('diary-first', {
      containerRef: { name: 'diary' },
      verify: { mode: 'Data', readDataPercent: 100 },
    });
    expect(states(backup)).toBe(
      'Initiate=Succeeded PreHooks=Skipped Quiesce=Skipped Snapshot=Succeeded PostHooks=Skipped Resume=Skipped Copy=Succeeded Compress=Succeeded Encrypt=Succeeded Store=Succeeded Verify=Succeeded UpdateMetadata=Succeeded PostHooks=Skipped Resume=Skipped CleanUp=Succeeded',
    );
    expect(backup.status).toMatchObject({ phase: 'Completed', verification: { result: 'Passed', mode: 'Data' } });
    expect(backup.status?.volumes).toMatchObject([{ claim: 'data-diary-0', filesFailed: 0 }]);

    await write(await sandbox.url('diary'), 'written after the backup');
    const restore = await backups.bringBack('diary-back', {
      source: { containerRef: { name: 'diary' } },
      target: { containerRef: { name: 'diary' } },
    });
    expect(restore.status).toMatchObject({ phase: 'Completed', verification: { result: 'Passed' } });
    await sandbox.ready('diary');
    const notes = await backups.notesOf('diary');
    expect(notes).toContain('written before the backup');
    expect(notes).not.toContain('written after the backup');

    const safety = restore.status?.safetyBackupRef?.name ?? '';
    const undone = await backups.bringBack('diary-undone', {
      source: { backupRef: { name: safety } },
      target: { containerRef: { name: 'diary' } },
    });
    expect(undone.status?.phase).toBe('Completed');
    await sandbox.ready('diary');
    expect(await backups.notesOf('diary')).toContain('written after the backup');
  });

  test('outlives the Container and its claims, and comes back into a new one', async () => {
    await backups.noted('phoenix', 'from the ashes');
    await backups.backUp('phoenix-only', { containerRef: { name: 'phoenix' } });
    await sandbox.delete(Container, 'phoenix');
    // Whoever deletes data has to say that they mean it.
    await sandbox.patch(PersistentVolumeClaim, 'data-phoenix-0', {
      metadata: { annotations: { 'dokkerr.io/allow-deletion': 'true' } },
    });
    await sandbox.delete(PersistentVolumeClaim, 'data-phoenix-0');
    await sandbox.eventually(
      'everything is gone',
      () => sandbox.get(PersistentVolumeClaim, 'data-phoenix-0') === undefined,
    );
    await sandbox.declare('phoenix', keptNotes());
    await sandbox.ready('phoenix');
    expect(await backups.notesOf('phoenix')).not.toContain('from the ashes');
    const { status } = await backups.bringBack('phoenix-back', {
      source: { containerRef: { name: 'phoenix' } },
      target: { containerRef: { name: 'phoenix' } },
    });
    expect(status?.phase).toBe('Completed');
    await sandbox.ready('phoenix');
    expect(await backups.notesOf('phoenix')).toContain('from the ashes');
  });

  test('stores an unchanged volume again in next to nothing', async () => {
    await backups.noted('same', 'as it was');
    await backups.backUp('same-first', { containerRef: { name: 'same' } });
    const again = await backups.backUp('same-second', { containerRef: { name: 'same' } });
    expect(again.status?.volumes).toMatchObject([{ filesNew: 0, filesChanged: 0 }]);
  });

  test('leaves nothing in the namespace but itself', async () => {
    await backups.noted('tidy', 'clean');
    const { metadata } = await backups.backUp('tidy-first', { containerRef: { name: 'tidy' } });
    const owned = ({ metadata: { ownerReferences = [] } }: Job | PersistentVolumeClaim) =>
      ownerReferences.some(({ uid }) => uid === metadata.uid);
    await sandbox.eventually(
      'no Job and no copy is left',
      () => ![...sandbox.list(Job), ...sandbox.list(PersistentVolumeClaim)].some(owned),
    );
  });

  test('whose pod is deleted under way begins another one, and completes', async () => {
    // As much as takes a minute at that rate, and shrinks under no compression.
    await backups.declareStore('slow', { throttle: { uploadKiBps: 4 } });
    await backups.noted('bulky', randomBytes(48 * 1024).toString('base64'));
    for (let count = 0; count < 7; count++)
      await write(await sandbox.url('bulky'), randomBytes(45_000).toString('base64'));
    await backups.apply('Backup', 'bulky-first', { containerRef: { name: 'bulky' }, storeRef: { name: 'slow' } });
    const pod = await sandbox.eventually('its mover runs', () =>
      sandbox
        .list(Pod)
        .find(({ metadata, status }) => metadata.labels?.['dokkerr.io/store'] === 'slow' && isMoving(metadata, status)),
    );
    // The next one is not held up.
    await backups.applyStore('slow');
    await sandbox.delete(Pod, pod.metadata.name);
    const { status } = await backups.ended(Backup, 'bulky-first');
    expect(status?.phase).toBe('Completed');
    expect(status?.steps?.find(({ name }) => name === 'Store')).toMatchObject({ state: 'Succeeded', spent: 1 });
  });

  test('of an empty volume fails, unless that is allowed', async () => {
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'blank' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '32Mi' } } },
    };
    await sandbox.kubectl(['apply', '--filename', '-'], JSON.stringify(claim));
    const source = { claims: [{ name: 'blank' }] };
    const refused = await backups.backUp('blank-refused', { source });
    expect(refused.status).toMatchObject({ phase: 'Failed', failureClass: 'SourceEmpty' });
    const allowed = await backups.backUp('blank-allowed', { source, onEmptySource: 'Allow' });
    expect(allowed.status?.phase).toBe('Completed');
  });

  test('of a Container that is not there, and into a store that is not there, says what is missing', async () => {
    await backups.apply('Backup', 'of-nothing', {
      source: { claims: [{ name: 'nowhere' }] },
      storeRef: { name: 'no-store' },
    });
    await sandbox.eventually('the missing store by name', () =>
      sandbox.get(Backup, 'of-nothing')?.status?.steps?.[0]?.message?.includes('BackupStore no-store'),
    );
    await sandbox.patch(Backup, 'of-nothing', { spec: { cancel: true } });
    await sandbox.eventually('Canceled', () => sandbox.get(Backup, 'of-nothing')?.status?.phase === 'Canceled');
  });
});

describe('a deleted backup', () => {
  test('takes its data out of the store only where its deletion policy says so', async () => {
    await backups.noted('gone', 'for a while');
    const source = { containerRef: { name: 'gone' } };
    await backups.backUp('gone-kept', source);
    const { status } = await backups.backUp('gone-deleted', { ...source, deletionPolicy: 'Delete' });
    const id = status?.volumes?.[0]?.snapshotID ?? '';
    await sandbox.delete(Backup, 'gone-deleted');
    await sandbox.eventually('the Backup is gone', () => sandbox.get(Backup, 'gone-deleted') === undefined);
    const lost = await backups.bringBack('gone-back', {
      source: { snapshot: { storeRef: { name: 'offsite' }, id } },
      target: { claim: { name: 'gone-again', size: '32Mi', accessModes: ['ReadWriteOnce'] } },
    });
    expect(lost.status).toMatchObject({ phase: 'Failed', failureClass: 'SnapshotMissing' });
    expect(sandbox.get(PersistentVolumeClaim, 'gone-again')).toBeUndefined();
    const kept = await backups.bringBack('kept-back', {
      source: { backupRef: { name: 'gone-kept' } },
      target: { claim: { name: 'kept-again', size: '32Mi', accessModes: ['ReadWriteOnce'] } },
    });
    expect(kept.status?.phase).toBe('Completed');
  });
});

describe('a schedule', () => {
  test('begins a backup, tells of its success, and lets go of what its retention does not keep', async () => {
    await backups.noted('regular', 'every night');
    const template = { containerRef: { name: 'regular' } };
    await backups.apply('BackupSchedule', 'nightly', {
      schedule: '@yearly',
      timeZone: 'Europe/Berlin',
      runOnCreate: true,
      template,
      retention: { keepLast: 1 },
    });
    const first = await sandbox.eventually(
      'its first success',
      () => sandbox.get(BackupSchedule, 'nightly')?.status?.lastSuccessfulBackup,
      patience,
    );
    // The next slot is months ahead, so that the second one is begun by hand, in the schedule's name.
    const metadata = { name: 'nightly-by-hand', labels: { 'dokkerr.io/schedule': 'nightly' } };
    const second = { apiVersion: 'dokkerr.io/v1alpha1', kind: 'Backup', metadata, spec: template };
    await sandbox.kubectl(['create', '--filename', '-'], JSON.stringify(second));
    await sandbox.eventually('the older one is gone', () => sandbox.get(Backup, first) === undefined, patience);
    expect(sandbox.get(Backup, 'nightly-by-hand')?.status?.phase).toBe('Completed');
    const { status } = sandbox.get(BackupSchedule, 'nightly') ?? {};
    expect(status).toMatchObject({ lastSuccessfulBackup: 'nightly-by-hand', consecutiveFailures: 0 });
    expect(status?.nextScheduleTime).toMatch(/-12-31T23:00:00Z$/);
  });

  test('in a time zone that is none says so, and which ones there are', async () => {
    const template = { containerRef: { name: 'regular' } };
    await backups.apply('BackupSchedule', 'nowhere', { schedule: '@daily', timeZone: 'Europe/Nowhere', template });
    await sandbox.eventually('Stalled', () =>
      sandbox
        .get(BackupSchedule, 'nowhere')
        ?.status?.conditions?.some(
          ({ type, status, message }) => type === 'Stalled' && status === 'True' && message.includes('IANA'),
        ),
    );
  });
});
