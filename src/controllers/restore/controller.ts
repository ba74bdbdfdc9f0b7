/** The controller of `Restore`: its steps in order, its way back, and what wakes it. */
import { hookPassTimeout } from '#contracts/hooks/steps.ts';
import { moverJobs, moverPods, ownerOfMoverPod } from '#contracts/mover/watch.ts';
import { slimNodes } from '#contracts/node/nodes.ts';
import { waitingRuns } from '#contracts/run/waiting.ts';
import { Backup } from '#crds/backup.ts';
import { BackupStore } from '#crds/backup-store.ts';
import { Container } from '#crds/container.ts';
import { Restore } from '#crds/restore.ts';
import { Job, Node, Pod } from '#runtime/client/kinds.ts';
import { defineRun, owned, watched } from '#runtime/controller/define.ts';
import { readScope } from './scope.ts';
import { summarise } from './status.ts';
import { check } from './steps/check.ts';
import { cleanUp, stop } from './steps/clean-up.ts';
import { decrypt } from './steps/decrypt.ts';
import { handOver } from './steps/hand-over.ts';
import { postHooks, postHooksDuty, preHooks, resumeForHooks } from './steps/hooks.ts';
import { quiesce, quiesceAgain, resume } from './steps/quiesce.ts';
import { hasWritten, restore, restoreBackup } from './steps/restore.ts';
import { safetyBackup } from './steps/safety-backup.ts';
import { selectPoint } from './steps/select-point.ts';
import { updateState } from './steps/update-state.ts';
import { verifyIntegrity } from './steps/verify-integrity.ts';
import { verifyRestoration } from './steps/verify-restoration.ts';

/** @param image of movers: the operator's own */
export function restoreController(image: string) {
  return defineRun({
    name: 'restore',
    kind: Restore,
    owns: [owned(Job, { options: moverJobs })],
    watches: [
      watched(Pod, ownerOfMoverPod('Restore'), { options: moverPods }),
      watched(Backup, waitingRuns(Restore)),
      watched(BackupStore, waitingRuns(Restore)),
      watched(Container, waitingRuns(Restore)),
      watched(Node, () => [], { options: slimNodes }),
    ],
    rules: [
      { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
      { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
      // Hooks.
      { apiGroups: [''], resources: ['pods/exec', 'pods/proxy'], verbs: ['get', 'create'] },
      { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: ['get', 'list', 'create', 'patch', 'delete'] },
      // Safety backups are made, Containers are stopped and started by an annotation.
      { apiGroups: [Backup.group], resources: [Backup.plural], verbs: ['create', 'patch'] },
      { apiGroups: [Container.group], resources: [Container.plural], verbs: ['get', 'patch'] },
    ],
    // A volume that was filled is given to the claim that asked for it.
    clusterRules: [
      { apiGroups: [''], resources: ['persistentvolumes'], verbs: ['get', 'patch'] },
      { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: ['get'] },
    ],
    timeout: hookPassTimeout,
    scope: (pass) => readScope(pass, image),
    mustCancel: ({ spec }) => spec.cancel,
    itinerary: {
      forward: [
        selectPoint,
        verifyIntegrity,
        decrypt,
        preHooks,
        quiesce,
        safetyBackup,
        restore,
        verifyRestoration,
        check,
        handOver,
        resumeForHooks,
        postHooks,
        updateState,
      ],
      rollback: [stop, quiesceAgain, restoreBackup],
      rollsBack: ({ restore: { spec } }, run) =>
        spec.target.containerRef !== undefined && spec.rollbackOnFailure && hasWritten(run),
      cancel: [stop, quiesceAgain, restoreBackup],
      duties: [cleanUp, resume, postHooksDuty],
    },
    finalizer: { name: 'dokkerr.io/restore', steps: [] },
    status: summarise,
  });
}
