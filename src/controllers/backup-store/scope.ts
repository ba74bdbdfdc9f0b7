/** Everything one pass over a BackupStore reads. */
import type { BackupStore } from '#crds/backup-store.ts';
import type { Pass } from '#runtime/controller/types.ts';

export interface BackupStoreScope {
  readonly pass: Pass<BackupStore>;
  readonly store: BackupStore;
  /** always set: a BackupStore is namespaced */
  readonly namespace: string;
  /** of movers: the operator's own */
  readonly image: string;
}
