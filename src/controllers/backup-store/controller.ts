/** The controller of `BackupStore`: probes it, keeps its key, creates its repository once, and looks after it. */
import { storeOfExclusive } from '#contracts/mover/exclusive.ts';
import { moverJobs, moverPods, ownerOfMoverPod } from '#contracts/mover/watch.ts';
import { BackupStore } from '#crds/backup-store.ts';
import { Job, Pod } from '#runtime/client/kinds.ts';
import { defineController, owned, watched } from '#runtime/controller/define.ts';
import { maintenanceStep } from './maintenance/task.ts';
import { check, prune, repair } from './maintenance/tasks.ts';
import { summarise } from './status.ts';
import { ensureKey } from './steps/ensure-key.ts';
import { initializeRepository } from './steps/initialize-repository.ts';
import { probeBackend } from './steps/probe-backend.ts';

/** @param image of movers: the operator's own */
export function backupStoreController(image: string) {
  return defineController({
    name: 'backup-store',
    kind: BackupStore,
    owns: [owned(Job, { options: moverJobs })],
    watches: [
      watched(Pod, ownerOfMoverPod('BackupStore'), { options: moverPods }),
      // Whoever has the repository to itself: what is waiting for it goes on when that ends.
      watched(Job, storeOfExclusive, { options: moverJobs }),
    ],
    rules: [
      { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] },
      // By name only. A password that was generated is created once, and never changed or deleted.
      { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'create'] },
    ],
    scope: (pass) => ({ pass, store: pass.object, namespace: pass.object.metadata.namespace ?? '', image }),
    steps: [probeBackend, ensureKey, initializeRepository, ...[check, repair, prune].map(maintenanceStep)],
    status: summarise,
  });
}
