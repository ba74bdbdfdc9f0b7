/** The controller of `Migration`: its steps in order, its way back, and what wakes it. */
import { moverJobs, moverPods, ownerOfMoverPod } from '#contracts/mover/watch.ts';
import { slimNodes } from '#contracts/node/nodes.ts';
import { waitingRuns } from '#contracts/run/waiting.ts';
import { Backup } from '#crds/backup.ts';
import { BackupStore } from '#crds/backup-store.ts';
import { Container } from '#crds/container.ts';
import { Migration } from '#crds/migration.ts';
import { durationMs } from '#crds/schema/duration.ts';
import { Job, Node, Pod } from '#runtime/client/kinds.ts';
import { defineRun, owned, watched } from '#runtime/controller/define.ts';
import { recordOf } from '#runtime/itinerary/record.ts';
import { type RunStatus, type RunStep, skip } from '#runtime/itinerary/types.ts';
import { type MigrationScope, readScope } from './scope.ts';
import { summarise, switchedOver } from './status.ts';
import { approve } from './steps/approve.ts';
import { backup } from './steps/backup.ts';
import { cleanUpSource } from './steps/clean-up.ts';
import { hold } from './steps/hold.ts';
import { keep } from './steps/keep.ts';
import { load } from './steps/load.ts';
import { plan } from './steps/plan.ts';
import { quiesce } from './steps/quiesce.ts';
import { resume } from './steps/resume.ts';
import { switchOver } from './steps/switch-over.ts';
import { synchronise } from './steps/synchronise.ts';
import { transform } from './steps/transform.ts';
import { validate } from './steps/validate.ts';
import { verify } from './steps/verify.ts';
import { clearUp } from './undo/clear-up.ts';
import { detect } from './undo/detect.ts';
import { restoreBackup } from './undo/restore-backup.ts';
import { resumeOld } from './undo/resume.ts';
import { startAgain } from './undo/start-again.ts';
import { stop } from './undo/stop.ts';
import { verifyOld } from './undo/verify.ts';

/** Milliseconds that a run may take besides keeping the old volume: an approval may take a month. */
const longestRun = 45 * 24 * 3_600_000;

const undo = [detect, stop, restoreBackup, verifyOld, resumeOld];

/** @param image of movers: the operator's own */
export function migrationController(image: string) {
  return defineRun({
    name: 'migration',
    kind: Migration,
    owns: [owned(Job, { options: moverJobs }), owned(Backup)],
    watches: [
      watched(Pod, ownerOfMoverPod('Migration'), { options: moverPods }),
      // Also those that outlive it, which nobody owns.
      watched(Backup, waitingRuns(Migration)),
      watched(BackupStore, waitingRuns(Migration)),
      watched(Container, waitingRuns(Migration)),
      watched(Node, () => [], { options: slimNodes }),
    ],
    rules: [
      { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
      { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
      { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: ['get', 'list', 'create', 'patch', 'delete'] },
      // What uses the claims is stopped, started, and pointed at claims of another name.
      { apiGroups: [Container.group], resources: [Container.plural], verbs: ['get', 'list', 'patch'] },
      { apiGroups: ['apps'], resources: ['deployments', 'statefulsets'], verbs: ['get', 'list', 'patch'] },
      { apiGroups: ['apps'], resources: ['replicasets'], verbs: ['get'] },
      { apiGroups: ['batch'], resources: ['cronjobs'], verbs: ['list'] },
    ],
    // Volumes change hands, and go when nobody has them any more; a namespace says whose volumes it takes.
    clusterRules: [
      { apiGroups: [''], resources: ['persistentvolumes'], verbs: ['get', 'patch'] },
      { apiGroups: [''], resources: ['namespaces'], verbs: ['get'] },
      { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: ['get'] },
    ],
    scope: (pass) => readScope(pass, image),
    mustCancel: ({ spec, status }) => spec.cancel && status?.resolved?.keptUntil === undefined,
    mustRollBack: ({ spec, status }) => spec.rollback.requested && status?.resolved?.keptUntil === undefined,
    deadline: ({ spec }) => durationMs(spec.keepSource.for) + longestRun,
    itinerary: {
      forward: [
        plan,
        ...[
          hold,
          backup,
          transform,
          validate,
          load,
          approve,
          quiesce,
          synchronise,
          verify,
          switchOver,
          resume,
          keep,
          cleanUpSource,
        ].map(unlessDryRun),
      ],
      rollback: undo,
      rollsBack: ({ migration: { spec } }, run) => spec.rollback.automatic && hasSomethingToUndo(run),
      cancel: undo,
      // The application first: it may stand still.
      duties: [startAgain, clearUp],
    },
    finalizer: { name: 'dokkerr.io/migration', steps: [] },
    status: summarise,
    conditions: switchedOver,
  });
}

function unlessDryRun(step: RunStep<MigrationScope>): RunStep<MigrationScope> {
  return {
    ...step,
    run: async (scope, entry) => (scope.migration.spec.dryRun ? skip('dryRun: only planned') : step.run(scope, entry)),
  };
}

/** A volume or the application was touched, and the old volume is a way back still. */
function hasSomethingToUndo(run: RunStatus): boolean {
  const isBegun = ['Hold', 'Transform', 'Load', 'Quiesce', 'SwitchOver'].some((name) => {
    const { startedAt, state } = recordOf(run, 'Forward', name) ?? {};
    return startedAt !== undefined && state !== 'Skipped';
  });
  return isBegun && run.resolved?.keptUntil === undefined;
}
