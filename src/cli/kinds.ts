/** The kinds people's commands speak of. A schema takes a tenth of a second to build, so each is loaded when it is needed. */

import type { Backup } from '#crds/backup.ts';
import type { BackupSchedule } from '#crds/backup-schedule.ts';
import type { BackupStore } from '#crds/backup-store.ts';
import type { Container } from '#crds/container.ts';
import type { PrinterColumn } from '#crds/kind.ts';
import type { Migration } from '#crds/migration.ts';
import type { Restore } from '#crds/restore.ts';
import type { Kind, KubernetesObject } from '#runtime/client/types.ts';

/** What is listed, shown and completed. */
export interface Objects {
  Backup: Backup;
  Restore: Restore;
  Migration: Migration;
  BackupStore: BackupStore;
  BackupSchedule: BackupSchedule;
  Container: Container;
}

export type KindName = keyof Objects;

/** A kind with what its tables show. */
export interface ShownKind<T extends KubernetesObject = KubernetesObject> extends Kind<T> {
  readonly columns: readonly PrinterColumn[];
}

const loaders: { readonly [N in KindName]: () => Promise<ShownKind<Objects[N]>> } = {
  Backup: async () => (await import('#crds/backup.ts')).Backup,
  Restore: async () => (await import('#crds/restore.ts')).Restore,
  Migration: async () => (await import('#crds/migration.ts')).Migration,
  BackupStore: async () => (await import('#crds/backup-store.ts')).BackupStore,
  BackupSchedule: async () => (await import('#crds/backup-schedule.ts')).BackupSchedule,
  Container: async () => (await import('#crds/container.ts')).Container,
};

/** The kind with its columns, its schema built at the first call. */
export function loadKind<N extends KindName>(name: N): Promise<ShownKind<Objects[N]>> {
  return loaders[name]();
}
