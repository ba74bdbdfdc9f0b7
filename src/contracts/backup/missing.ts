/** Whether what a Backup tells of is still in the repository, as its store's last look at the catalogue found. Pure. */
import type { Backup } from '#crds/backup.ts';
import type { BackupStore } from '#crds/backup-store.ts';
import type { Cache, Change } from '#runtime/cache/types.ts';
import type { Kind, ObjectKey } from '#runtime/client/types.ts';

/** Whether a snapshot of it is gone, so that it cannot be restored any more. */
export function isMissing(
  volumes: readonly { readonly snapshotID?: string }[],
  store: BackupStore | undefined,
): boolean {
  const missing = new Set(store?.status?.missingSnapshots);
  return missing.size > 0 && volumes.some(({ snapshotID }) => snapshotID !== undefined && missing.has(snapshotID));
}

/** For `watched(BackupStore, …)`: the Backups of that store of which the catalogue says something new. */
export function backupsNowMissing(kind: Kind<Backup>) {
  return ({ object }: Change<BackupStore>, cache: Cache): ObjectKey[] =>
    cache
      .informer(kind)
      .list(object.metadata.namespace)
      .filter(({ status }) => status?.resolved?.store === object.metadata.name && status.outcome !== undefined)
      .filter(({ status }) => isMissing(status?.volumes ?? [], object) !== (status?.missing ?? false))
      .map(({ metadata: { namespace = '', name } }) => ({ namespace, name }));
}
