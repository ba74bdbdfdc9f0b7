/** The Backups that a migration made and that go with it. */
import type { Backup } from '#crds/backup.ts';
import { isOwnedBy } from '#runtime/client/owners.ts';
import type { MigrationScope } from '../scope.ts';

export function ownBackups({ backups, migration }: MigrationScope): Backup[] {
  return backups.filter((backup) => isOwnedBy(backup, migration) && backup.metadata.deletionTimestamp === undefined);
}
