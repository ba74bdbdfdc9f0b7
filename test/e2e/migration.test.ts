/** Migrations of real volumes under real workloads: what ends where it should, and what is undone. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Backup } from '#crds/backup.ts';
import { Migration } from '#crds/migration.ts';
import { Job, PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { Backups } from './backups.ts';
import { Migrations } from './migrations.ts';
import { write } from './notes.ts';
import type { Sandbox } from './sandbox.ts';

let backups: Backups;
let sandbox: Sandbox;
let migrations: Migrations;
beforeAll(async () => {
  backups = await Backups.open('migration');
  sandbox = backups.sandbox;
  migrations = new Migrations(backups);
});
afterAll(() => backups[Symbol.asyncDispose]());

describe.concurrent('a migration', () => {
  test('gives the claim of a Container a volume of another class, with its data, and lets the old one go', async () => {
    await backups.noted('ledger', 'written before');
    const old = await migrations.volumeOf('data-ledger-0');
    const { status } = await migrations.run('ledger-to-fast', {
      source: { containerRef: { name: 'ledger' } },
      target: { storageClassName: 'fast' },
      keepSource: { for: '0s' },
    });
    expect(migrations.states(status)).toBe(
      'Plan=Succeeded Hold=Skipped Backup=Succeeded Transform=Skipped Validate=Skipped Load=Succeeded Approve=Skipped Quiesce=Succeeded Synchronise=Succeeded Verify=Succeeded SwitchOver=Succeeded Resume=Succeeded Keep=Succeeded Cleanup=Succeeded Duties/StartAgain=Skipped Duties/CleanUp=Succeeded',
    );
    expect(status).toMatchObject({
      phase: 'Completed',
      originalReplicas: 1,
    });
    expect(status?.downtime?.seconds).toBeGreaterThan(0);
    expect(status?.plan).toMatchObject({
      volumes: [{ claim: 'data-ledger-0', volume: old?.metadata.name, fromClass: 'standard', toClass: 'fast' }],
      workloads: [{ kind: 'Container', name: 'ledger', replicas: 1 }],
    });

    await sandbox.ready('ledger');
    expect(await backups.notesOf('ledger')).toContain('written before');
    await write(await sandbox.url('ledger'), 'written after');
    expect(sandbox.get(PersistentVolumeClaim, 'data-ledger-0')?.spec).toMatchObject({ storageClassName: 'fast' });
    const now = await migrations.volumeOf('data-ledger-0');
    expect(now?.metadata.name).not.toBe(old?.metadata.name);
    expect(now?.spec.persistentVolumeReclaimPolicy).toBe('Delete');
    await migrations.volumeGone(old?.metadata.name ?? '');
  });

  test('leaves nothing in the namespace but itself', async () => {
    await backups.noted('tidy', 'clean');
    const { metadata } = await migrations.run('tidy-to-fast', {
      source: { containerRef: { name: 'tidy' } },
      target: { storageClassName: 'fast' },
      keepSource: { for: '0s' },
    });
    const owned = ({ metadata: { ownerReferences = [] } }: Job | PersistentVolumeClaim | Backup) =>
      ownerReferences.some(({ uid }) => uid === metadata.uid);
    const kinds = () => [...sandbox.list(Job), ...sandbox.list(PersistentVolumeClaim), ...sandbox.list(Backup)];
    await sandbox.eventually('no Job, no claim and no backup is left', () => !kinds().some(owned));
  });

  test('keeps the old volume, and brings it back when asked to', async () => {
    await backups.noted('undecided', 'before the switch');
    const old = await migrations.volumeOf('data-undecided-0');
    await migrations.begin('undecided-to-fast', {
      source: { containerRef: { name: 'undecided' } },
      target: { storageClassName: 'fast' },
    });
    await migrations.reached('undecided-to-fast', 'Switched');
    const switched = sandbox.get(Migration, 'undecided-to-fast');
    // GitOps that waits for its objects does not wait until the way back is given up.
    for (const type of ['SwitchedOver', 'Ready'])
      expect(switched?.status?.conditions).toContainEqual(expect.objectContaining({ type, status: 'True' }));
    expect(Date.parse(switched?.status?.pointOfNoReturn ?? '')).toBeGreaterThan(Date.now() + 23 * 3_600_000);
    await sandbox.ready('undecided');
    await write(await sandbox.url('undecided'), 'after the switch');

    await migrations.change('undecided-to-fast', { rollback: { requested: true } });
    const { status } = await migrations.ended('undecided-to-fast');
    expect(status).toMatchObject({ phase: 'RolledBack', itinerary: 'Rollback' });
    expect((await migrations.volumeOf('data-undecided-0'))?.metadata.name).toBe(old?.metadata.name);
    await sandbox.ready('undecided');
    const notes = await backups.notesOf('undecided');
    expect(notes).toContain('before the switch');
    expect(notes).not.toContain('after the switch');
    // What was written meanwhile is lost to nobody.
    const [retained] = status?.retainedVolumes ?? [];
    expect(await migrations.volume(retained?.name ?? '')).toMatchObject({
      spec: { persistentVolumeReclaimPolicy: 'Retain', storageClassName: 'fast' },
    });
  });
});
