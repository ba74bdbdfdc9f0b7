/** The controller of `Backup`: its steps in order, what it makes on the way, and what wakes it. */
import { backupsNowMissing } from '#contracts/backup/missing.ts';
import { hookPassTimeout } from '#contracts/hooks/steps.ts';
import { moverJobs, moverPods, ownerOfMoverPod } from '#contracts/mover/watch.ts';
import { slimNodes } from '#contracts/node/nodes.ts';
import { waitingRuns } from '#contracts/run/waiting.ts';
import { Backup } from '#crds/backup.ts';
import { BackupStore } from '#crds/backup-store.ts';
import { Container } from '#crds/container.ts';
import {
  Job,
  Node,
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
import { copy } from './steps/copy.ts';
import { expire } from './steps/expire.ts';
import { forgetSnapshots } from './steps/forget-snapshots.ts';
import { postHooks, postHooksDuty, preHooks } from './steps/hooks.ts';
import { initiate } from './steps/initiate.ts';
import { compress, encrypt } from './steps/prepare.ts';
import { quiesce, resume, resumeDuty } from './steps/quiesce.ts';
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
      watched(Node, () => [], { options: slimNodes }),
      watched(VolumeSnapshotClass, () => [], { optional: true }),
    ],
    rules: [
      { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
      { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
      { apiGroups: [''], resources: ['secrets'], verbs: ['get'] },
      // Hooks. A WebSocket begins as a GET, and the API server asks for both verbs.
      { apiGroups: [''], resources: ['pods/exec'], verbs: ['get', 'create'] },
      { apiGroups: [''], resources: ['pods/proxy'], verbs: ['get', 'create'] },
      // Containers are stopped and started by an annotation.
      { apiGroups: [Container.group], resources: [Container.plural], verbs: ['get', 'patch'] },
      // A backup whose time is over.
      { apiGroups: [Backup.group], resources: [Backup.plural], verbs: ['patch', 'delete'] },
    ],
    timeout: hookPassTimeout,
    scope: (pass) => readScope(pass, image),
    mustCancel: ({ spec }) => spec.cancel,
    itinerary: {
      forward: [
        initiate,
        preHooks,
        quiesce,
        snapshot,
        postHooks,
        resume,
        copy,
        compress,
        encrypt,
        store,
        verify,
        updateMetadata,
      ],
      // The application first: it may stand still.
      duties: [postHooksDuty, resumeDuty, cleanUp],
    },
    afterwards: [expire],
    finalizer: { name: 'dokkerr.io/backup', steps: [forgetSnapshots] },
    status: summarise,
  });
}
