/** Everything one pass over a BackupStore reads. */
import type { BackupStore } from '#crds/backup-store.ts';
import type { Pass } from '#runtime/controller/types.ts';
import type { Circuit } from './circuit.ts';

export interface BackupStoreScope {
  readonly pass: Pass<BackupStore>;
  readonly store: BackupStore;
  /** always set: a BackupStore is namespaced */
  readonly namespace: string;
  /** of movers: the operator's own */
  readonly image: string;
  /** of a store that this pass found silent, or left alone */
  readonly seen: { circuit?: Circuit };
  /** what this pass's own look at the store found in its folder; empty when it trusted an earlier one */
  readonly probed: { hasRepository?: boolean };
}
