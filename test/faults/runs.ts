/** What has to be true of a run whatever became of the operator and of the API server meanwhile. */
import { expect } from 'vitest';
import type { Backup } from '#crds/backup.ts';
import type { Restore } from '#crds/restore.ts';
import { Job, PersistentVolumeClaim, VolumeSnapshot } from '#runtime/client/kinds.ts';
import type { Backups } from '../e2e/backups.ts';

/** Each mover was made once, and one of each was enough: none was lost, none had a second beside it. */
export function expectNoMoverTwice({ sandbox }: Backups, run: Backup | Restore): void {
  expect(run.status?.steps?.filter(({ spent }) => spent !== undefined)).toEqual([]);
  const lives = new Map<string, Set<string>>();
  for (const { metadata } of sandbox.versions(Job)) {
    if (metadata.ownerReferences?.[0]?.uid !== run.metadata.uid) continue;
    const does = metadata.labels?.['dokkerr.io/mover'] ?? '';
    lives.set(does, (lives.get(does) ?? new Set()).add(metadata.uid ?? ''));
  }
  expect(lives.size).toBeGreaterThan(0);
  for (const [does, uids] of lives) expect([does, uids.size]).toEqual([does, 1]);
}

/** Nothing that was made on the way is left. */
export async function expectNothingLeft({ sandbox }: Backups): Promise<void> {
  await sandbox.eventually('no Job is left', () => sandbox.list(Job).length === 0);
  const isCopy = ({ metadata }: PersistentVolumeClaim) => metadata.labels?.['dokkerr.io/copy'] !== undefined;
  await sandbox.eventually('no copy is left', () => !sandbox.list(PersistentVolumeClaim).some(isCopy));
  const { items } = await sandbox.client.list(VolumeSnapshot, { namespace: sandbox.namespace });
  expect(items.map(({ metadata }) => metadata.name)).toEqual([]);
}

/** How many snapshots that BackupStore's repository has. */
export async function countSnapshots(backups: Backups, store = 'offsite'): Promise<number> {
  const folder = `${backups.prefixOf(store)}/snapshots/`;
  return [...(await backups.objects(store)).keys()].filter((name) => name.startsWith(folder)).length;
}
