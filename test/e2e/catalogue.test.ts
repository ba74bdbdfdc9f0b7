/** What a repository holds and what the cluster knows of it: a new cluster sees everything, and nothing gone is promised. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Backup } from '#crds/backup.ts';
import { BackupStore } from '#crds/backup-store.ts';
import { PersistentVolumeClaim, Secret } from '#runtime/client/kinds.ts';
import type { Kind, KubernetesObject } from '#runtime/client/types.ts';
import { Backups } from './backups.ts';
import { ask } from './notes.ts';
import { Sandbox } from './sandbox.ts';

let there: Backups;
beforeAll(async () => {
  there = await Backups.open('catalogue');
});
afterAll(() => there[Symbol.asyncDispose]());

/** Whether its controller has taken note of how it ended. */
const isReady = (backup: Backup | undefined) =>
  backup?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');

/** Deletes the object and waits until it is gone; what is in the store stays. */
async function forgetIn<T extends KubernetesObject>(kind: Kind<T>, name: string): Promise<void> {
  await there.sandbox.delete(kind, name);
  await there.sandbox.eventually(`${kind.kind} ${name} is gone`, () => there.sandbox.get(kind, name) === undefined);
}

describe.concurrent('a store', () => {
  test('declared anew over its repository and key shows every backup in it, and they can be restored', async () => {
    await there.declareStore('reborn');
    await there.noted('journal', 'before the disaster');
    const spec = { containerRef: { name: 'journal' }, storeRef: { name: 'reborn' } };
    const first = await there.backUp('journal-first', spec);
    await there.backUp('journal-second', spec);
    await forgetIn(Backup, 'journal-first');
    await forgetIn(Backup, 'journal-second');
    await forgetIn(BackupStore, 'reborn');

    await there.declareStore('reborn');
    const found = await there.sandbox.eventually('the first Backup is back', () => {
      const backup = there.sandbox.get(Backup, 'journal-first');
      return isReady(backup) && backup;
    });
    expect(found.status).toMatchObject({ origin: 'Discovered', outcome: 'Completed', source: 'Container/journal' });
    expect(found.status?.volumes?.map(({ claim, snapshotID }) => [claim, snapshotID])).toEqual(
      first.status?.volumes?.map(({ claim, snapshotID }) => [claim, snapshotID]),
    );
    expect(found.spec.deletionPolicy).toBe('Retain');
    await there.storeWhen('reborn', 'synced', ({ status }) => status?.lastSyncedAt !== undefined);
    expect(there.sandbox.get(Backup, 'journal-second')?.status?.origin).toBe('Discovered');

    const target = (name: string) => ({ claim: { name, size: '32Mi', accessModes: ['ReadWriteOnce' as const] } });
    const named = await there.bringBack('journal-named', {
      source: { backupRef: { name: 'journal-second' } },
      target: target('journal-named'),
    });
    expect(named.status?.phase).toBe('Completed');
    const asOf = await there.bringBack('journal-as-of', {
      source: { containerRef: { name: 'journal' }, asOf: found.status?.startedAt ?? '' },
      target: { containerRef: { name: 'journal' } },
    });
    expect(asOf.status).toMatchObject({ phase: 'Completed', resolved: { backup: 'journal-first' } });
    await there.sandbox.ready('journal');
    expect(await ask(await there.sandbox.url('journal'), '/notes')).toContain('before the disaster');
  });

  test('finds a backup of many claims whole, however long the listing of its snapshots is', async () => {
    await there.declareStore('wide', { concurrency: { maxJobs: 10 } });
    const claims = Array.from({ length: 10 }, (_, index) => ({ name: `part-${index}` }));
    const items = claims.map((metadata) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata,
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '32Mi' } } },
    }));
    const list = { apiVersion: 'v1', kind: 'List', items };
    await there.sandbox.kubectl(['apply', '--filename', '-'], JSON.stringify(list));
    const made = await there.backUp('parts', {
      source: { claims },
      storeRef: { name: 'wide' },
      onEmptySource: 'Allow',
    });
    await forgetIn(Backup, 'parts');
    await there.ask('wide', 'sync', 'now');
    const found = await there.sandbox.eventually('it is back', () => {
      const backup = there.sandbox.get(Backup, 'parts');
      return isReady(backup) && backup;
    });
    const snapshots = ({ status }: Backup) => status?.volumes?.map(({ snapshotID }) => snapshotID).toSorted();
    expect(snapshots(found)).toHaveLength(10);
    expect(snapshots(found)).toEqual(snapshots(made));
  });

  test('tells of a backup whose snapshot is gone from the bucket, and restores nothing from it', async () => {
    await there.declareStore('robbed');
    await there.noted('gems', 'shiny');
    const { status } = await there.backUp('gems-only', {
      containerRef: { name: 'gems' },
      storeRef: { name: 'robbed' },
    });
    const id = status?.volumes?.[0]?.snapshotID ?? '';
    await there.store.client.removeObject(there.store.bucket, `robbed/snapshots/${id}`);
    await there.ask('robbed', 'sync', 'now');
    await there.sandbox.eventually('it is marked', () => there.sandbox.get(Backup, 'gems-only')?.status?.missing);
    expect(there.sandbox.get(Backup, 'gems-only')?.status?.phase).toBe('Completed');
    const lost = await there.bringBack('gems-back', {
      source: { backupRef: { name: 'gems-only' } },
      target: { claim: { name: 'gems-again', size: '32Mi', accessModes: ['ReadWriteOnce'] } },
    });
    expect(lost.status).toMatchObject({ phase: 'Failed', failureClass: 'SnapshotMissing' });
    expect(there.sandbox.get(PersistentVolumeClaim, 'gems-again')).toBeUndefined();
  });

  test('that may only be read shows what another namespace has stored, restores it, and writes nothing', async () => {
    await there.declareStore('shared');
    await there.noted('archive', 'for everybody');
    await there.backUp('archive-only', { containerRef: { name: 'archive' }, storeRef: { name: 'shared' } });
    await using elsewhere = await Sandbox.open('catalogue-reader');
    for (const name of ['shared-key', there.store.secret]) {
      const secret = await there.sandbox.client.get(Secret, { namespace: there.sandbox.namespace, name });
      await elsewhere.client.create(Secret, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { namespace: elsewhere.namespace, name },
        data: secret?.data ?? {},
      });
    }
    const before = await there.objects('shared');
    const reader = there.in(elsewhere);
    await reader.declareStore('shared', { accessMode: 'ReadOnly' });
    const found = await elsewhere.eventually('the Backup is there', () => {
      const backup = elsewhere.get(Backup, 'archive-only');
      return isReady(backup) && backup;
    });
    // Of a namesake's Container nothing may be taken for one's own.
    expect(found.spec).toMatchObject({ source: { claims: [{ name: 'data-archive-0' }] } });
    expect(found.spec.containerRef).toBeUndefined();
    const back = await reader.bringBack('archive-back', {
      source: { backupRef: { name: 'archive-only' } },
      target: { claim: { name: 'archive', size: '32Mi', accessModes: ['ReadWriteOnce'] } },
    });
    expect(back.status?.phase).toBe('Completed');
    const refused = await reader.backUp('archive-refused', {
      source: { claims: [{ name: 'archive' }] },
      storeRef: { name: 'shared' },
    });
    expect(refused.status).toMatchObject({ phase: 'Failed', failure: { code: 'DKR_SPEC_INVALID' } });
    expect(await there.objects('shared')).toEqual(before);
  });
});
