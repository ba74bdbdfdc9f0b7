// The storage of a cluster as programs it can start, each as soon as its own binaries are there: claims do not wait for
// what only snapshots need.
import type { Program } from '../programs.ts';
import { snapshotManifests, storageManifests } from './manifests.ts';
import { installSnapshotCrds } from './snapshot-crds.ts';
import { prepareStorage, snapshotBinaries, snapshotProcesses, storageBinaries, storageProcesses } from './storage.ts';

/** Claims first, then snapshots. */
export const storagePrograms: readonly Program[] = [
  {
    name: 'storage',
    binaries: [...storageBinaries, 'kubectl'],
    prepare: prepareStorage,
    processes: storageProcesses,
    manifests: storageManifests,
  },
  {
    name: 'snapshots',
    binaries: snapshotBinaries,
    prepare: installSnapshotCrds,
    processes: snapshotProcesses,
    manifests: snapshotManifests,
  },
];
