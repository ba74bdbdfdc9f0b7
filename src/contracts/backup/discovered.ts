/**
 * Backups that were found in a repository and not made here: declared by the store's controller, which also writes how
 * they ended, and never run.
 */
import type { Backup } from '#crds/backup.ts';

const originAnnotation = 'dokkerr.io/origin';
const uidAnnotation = 'dokkerr.io/discovered-uid';

/** @param uid of the Backup that made the snapshots, in whichever cluster that was */
export function discoveredAnnotations(uid: string): Record<string, string> {
  return { [originAnnotation]: 'Discovered', [uidAnnotation]: uid };
}

/** Whether there is nothing to run, for the backup was made long ago. */
export function isDiscovered({ metadata }: Backup): boolean {
  return metadata.annotations?.[originAnnotation] === 'Discovered';
}

/** UID by which its snapshots are tagged: that of the Backup which made them. */
export function snapshotUID({ metadata }: Backup): string {
  return metadata.annotations?.[uidAnnotation] ?? metadata.uid ?? '';
}
