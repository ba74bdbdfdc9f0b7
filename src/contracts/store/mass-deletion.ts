/**
 * The guard against mass deletion: a GitOps parent that flaps, or a wrong label on a command line, deletes many Backups at
 * once. Above a threshold the data of all of them is kept until a person says that it was meant. Pure.
 */
import type { Backup } from '#crds/backup.ts';
import type { BackupStore } from '#crds/backup-store.ts';

/** On a BackupStore: the time up to which deletions were meant, RFC 3339. */
export const deletionAnnotation = 'dokkerr.io/allow-deletion';

/** Whether deleting the Backup takes a backup out of the store; what did not complete was never one. */
export function takesData({ metadata, spec, status }: Backup): boolean {
  const isGoing = metadata.deletionTimestamp !== undefined;
  return isGoing && spec.deletionPolicy === 'Delete' && status?.outcome === 'Completed';
}

/**
 * Those whose data is kept for now.
 * @param backups of the store's namespace
 */
export function heldDeletions(store: BackupStore, backups: readonly Backup[]): Backup[] {
  const meantUntil = Date.parse(store.metadata.annotations?.[deletionAnnotation] ?? '');
  const going = backups.filter((backup) => {
    const isOurs = backup.status?.resolved?.store === store.metadata.name;
    const isMeant = Date.parse(backup.metadata.deletionTimestamp ?? '') <= meantUntil;
    return isOurs && takesData(backup) && !isMeant;
  });
  return going.length > store.spec.deletionProtection.threshold ? going : [];
}
