import { expect, it } from 'vitest';
import type { Backup } from '#crds/backup.ts';
import type { BackupStore } from '#crds/backup-store.ts';
import { companions, forgetRequest } from './forget-batch.ts';

/** Sound: of both only what stands here is read. */
const store = { metadata: { name: 'offsite' } } as BackupStore;

function deleted(uid: string, more: { policy?: string; spent?: number; store?: string; told?: boolean } = {}): Backup {
  const { policy = 'Delete', spent, store: name = 'offsite', told = false } = more;
  const annotations = told ? { 'dokkerr.io/forgotten': 'true' } : {};
  return {
    metadata: { name: uid, uid, deletionTimestamp: '2026-01-01T00:00:00Z', annotations },
    spec: { deletionPolicy: policy },
    status: {
      outcome: 'Completed',
      resolved: { store: name },
      steps: [{ name: 'Store', state: 'Succeeded', ...(spent === undefined ? {} : { spent }) }],
      volumes: [{ claim: 'data', snapshotID: `snapshot-of-${uid}` }],
    },
  } as Backup;
}

const one = deleted('one');

it('forgets what is deleted together in one go, and of its own also what no status tells of', () => {
  const others = companions([one, deleted('two'), deleted('three')], one, store);
  expect(forgetRequest(one, others)).toEqual({
    operation: 'forget',
    snapshotIDs: ['snapshot-of-one', 'snapshot-of-two', 'snapshot-of-three'],
    tags: ['uid=one'],
  });
});

it('takes no other along that keeps its data, is elsewhere, may have left more behind, or was told already', () => {
  const others = [
    deleted('kept', { policy: 'Retain' }),
    deleted('elsewhere', { store: 'another' }),
    deleted('retried', { spent: 1 }),
    deleted('told', { told: true }),
  ];
  expect(companions([one, ...others], one, store)).toEqual([]);
});
