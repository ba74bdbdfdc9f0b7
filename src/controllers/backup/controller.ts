/** The controller of `Backup`: its steps in order, what it makes on the way, and what wakes it. */
import { backupsNowMissing } from '#contracts/backup/missing.ts';
import { moverJobs, moverPods, ownerOfMoverPod } from '#contracts/mover/watch.ts';
import { waitingRuns } from '#contracts/run/waiting.ts';
import { Backup } from '#crds/backup.ts';
import { BackupStore } from '#crds/backup-store.ts';
import { Container } from '#crds/container.ts';
import {
  Job,
  PersistentVolumeClaim,
  Pod,
  StorageClass,
  VolumeSnapshot,
  VolumeSnapshotClass,
} from '#runtime/client/kinds.ts';
import { defineRun, owned, watched } from '#runtime/controller/define.ts';
import { ownCopies } from './copies.ts';
import { readScope } from './scope.ts';
import { summarise } from './status.ts';
import { cleanUp } from './steps/clean-up.ts';
import { expire } from './steps/expire.ts';
import { forgetSnapshots } from './steps/forget-snapshots.ts';
import { initiate } from './steps/initiate.ts';
import { compress, encrypt } from './steps/prepare.ts';
import { snapshot } from './steps/snapshot.ts';
import { store } from './steps/store.ts';
import { updateMetadata } from './steps/update-metadata.ts';
import { verify } from './steps/verify.ts';

/** @param image of movers: the operator's own */
export function backupController(image: string) {
  return defineRun({
    name: 'backup',
    kind: Backup,
    owns: [
      owned(Job, { options: moverJobs }),
      owned(PersistentVolumeClaim, { options: ownCopies }),
      owned(VolumeSnapshot, { options: ownCopies, optional: true }),
    ],
    watches: [
      watched(Pod, ownerOfMoverPod('Backup'), { options: moverPods }),
      watched(BackupStore, waitingRuns(Backup)),
      watched(BackupStore, backupsNowMissing(Backup)),
      watched(Container, () => []),
      watched(StorageClass, () => []),
      watched(VolumeSnapshotClass, () => [], { optional: true }),
    ],
    rules: [
      { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
      { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
      { apiGroups: [''], resources: ['secrets'], verbs: ['get'] },
      // A backup whose time is over.
      { apiGroups: [Backup.group], resources: [Backup.plural], verbs: ['patch', 'delete'] },
    ],
    scope: (pass) => readScope(pass, image),
    mustCancel: ({ spec }) => spec.cancel,
    itinerary: {
      forward: [initiate, snapshot, compress, encrypt, store, verify, updateMetadata],
      duties: [cleanUp],
    },
    afterwards: [expire],
    finalizer: { name: 'dokkerr.io/backup', steps: [forgetSnapshots] },
    status: summarise,
  });
}
