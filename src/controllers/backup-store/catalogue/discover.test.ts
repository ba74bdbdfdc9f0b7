import { describe, expect, it } from 'vitest';
import { discoveredAnnotations } from '#contracts/backup/discovered.ts';
import type { MoverSnapshot } from '#contracts/mover/result.ts';
import { tagsOf } from '#contracts/store/snapshot-tags.ts';
import type { Backup, BackupStatus } from '#crds/backup.ts';
import { discover } from './discover.ts';

function snapshot(id: string, uid: string, time: string, claim = 'data'): MoverSnapshot {
  const tags = tagsOf({ namespace: 'shop', claim, backup: `backup-${uid}`, uid });
  return { id, time, host: `shop/${claim}`, tags, paths: ['/data'], sizeBytes: 7 };
}

function backup(name: string, uid: string, status?: BackupStatus, annotations = {}): Backup {
  const metadata = { name, namespace: 'shop', uid, annotations };
  // Sound: nothing here reads the spec.
  return { apiVersion: 'dokkerr.io/v1alpha1', kind: 'Backup', metadata, spec: {}, ...(status && { status }) } as Backup;
}

const at = (minute: number) => `2026-01-01T00:0${minute}:00.123456789Z`;

describe('what a repository has', () => {
  it('is one Backup for all the snapshots that one made, in the order of time', () => {
    const found = discover(
      [snapshot('c', 'two', at(3)), snapshot('b', 'one', at(2), 'logs'), snapshot('a', 'one', at(1))],
      [],
    );
    expect(found).toMatchObject([
      {
        name: 'backup-one',
        startedAt: '2026-01-01T00:01:00Z',
        completedAt: '2026-01-01T00:02:00Z',
        volumes: [
          { claim: 'data', snapshotID: 'a', sizeBytes: 7 },
          { claim: 'logs', snapshotID: 'b' },
        ],
      },
      { name: 'backup-two', volumes: [{ claim: 'data', snapshotID: 'c' }] },
    ]);
  });

  it('is the last of several attempts at one claim', () => {
    const [found] = discover([snapshot('early', 'one', at(1)), snapshot('late', 'one', at(2))], []);
    expect(found?.volumes.map(({ snapshotID }) => snapshotID)).toEqual(['late']);
  });

  it('is nothing new where a Backup has it, or is about to have it, or failed to', () => {
    const volumes = [{ claim: 'data', snapshotID: 'a' }];
    expect(discover([snapshot('a', 'gone', at(1))], [backup('other', 'other', { volumes })])).toEqual([]);
    expect(discover([snapshot('a', 'one', at(1))], [backup('backup-one', 'one')])).toEqual([]);
    expect(discover([snapshot('a', 'one', at(1))], [backup('backup-one', 'one', { outcome: 'Failed' })])).toEqual([]);
  });

  it('is told once more of a Backup that was declared, and not yet told how it ended', () => {
    const declared = (status?: BackupStatus) => backup('backup-one', 'new', status, discoveredAnnotations('one'));
    expect(discover([snapshot('a', 'one', at(1))], [declared()])).toMatchObject([{ name: 'backup-one' }]);
    expect(discover([snapshot('a', 'one', at(1))], [declared({ outcome: 'Completed' })])).toEqual([]);
  });

  it('gets another name, and always the same, where somebody else has its own', () => {
    const [found] = discover([snapshot('a', 'one', at(1))], [backup('backup-one', 'another')]);
    expect(found?.name).toBe('backup-one-one');
  });

  it('is no Backup where somebody else made it', () => {
    expect(discover([{ ...snapshot('a', 'one', at(1)), tags: ['by-hand'] }], [])).toEqual([]);
  });
});
