/** The controller of `BackupStore`: probes it, keeps its key, creates its repository once, looks after it, and tells what is in it. */
import { storeOfExclusive } from '#contracts/mover/exclusive.ts';
import { moverJobs, moverPods, ownerOfMoverPod } from '#contracts/mover/watch.ts';
import { Backup } from '#crds/backup.ts';
import { BackupStore } from '#crds/backup-store.ts';
import type { Change } from '#runtime/cache/types.ts';
import { Job, Pod } from '#runtime/client/kinds.ts';
import type { ObjectKey } from '#runtime/client/types.ts';
import { defineController, owned, watched } from '#runtime/controller/define.ts';
import { syncCatalogue } from './catalogue/sync.ts';
import { maintenanceStep } from './maintenance/task.ts';
import { check, prune, repair } from './maintenance/tasks.ts';
import { rotateKey } from './rotation/rotate-key.ts';
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
      // What it has; and what is deleted at once may be too much.
      watched(Backup, storeOfDeleted),
      watched(Job, storeOfExclusive, { options: moverJobs }),
    ],
    rules: [
      { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] },
      { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
      // Those that are found in the repository.
      { apiGroups: [Backup.group], resources: [Backup.plural], verbs: ['create'] },
      { apiGroups: [Backup.group], resources: [`${Backup.plural}/status`], verbs: ['patch'] },
      // By name only. A password that was generated is created once, replaced when asked for, and never deleted.
      { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'create', 'patch'] },
    ],
    scope: (pass) => ({
      pass,
      store: pass.object,
      namespace: pass.object.metadata.namespace ?? '',
      image,
      seen: {},
      probed: {},
    }),
    steps: [
      probeBackend,
      ensureKey,
      initializeRepository,
      rotateKey,
      syncCatalogue,
      ...[check, repair, prune].map(maintenanceStep),
    ],
    status: summarise,
  });
}

/** The store a Backup takes its data out of, and the one it has just left. */
function storeOfDeleted({ type, object }: Change<Backup>): ObjectKey[] {
  const { namespace, deletionTimestamp } = object.metadata;
  const name = object.status?.resolved?.store;
  const isGoing = type === 'deleted' || deletionTimestamp !== undefined;
  return isGoing && name !== undefined && namespace !== undefined ? [{ namespace, name }] : [];
}
