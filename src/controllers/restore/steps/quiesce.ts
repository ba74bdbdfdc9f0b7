/** Quiesce and Resume: nobody writes to a claim that is being written, and a Container that was stopped is started again. */
import { podsUsing } from '#contracts/pod/users.ts';
import { startWorkload, stopDeadline, stopWorkload } from '#contracts/workload/stop.ts';
import type { WorkloadRef } from '#contracts/workload/workload.ts';
import { runStatusOf } from '#runtime/controller/run-status.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { fail, type RunStep, skip } from '#runtime/itinerary/types.ts';
import { type RestoreScope, resolvedOf } from '../scope.ts';
import { hasWritten } from './restore.ts';

/** Milliseconds between looks whether somebody has stopped what only they can stop. */
const recheckUse = 2_000;

export const quiesce: RunStep<RestoreScope> = {
  name: 'Quiesce',
  effect: true,
  deadline: () => stopDeadline,
  run: async (scope, entry) => {
    const { container, pass, namespace } = scope;
    const claims = (resolvedOf(entry).volumes ?? []).map(({ claim }) => claim);
    if (container !== undefined) {
      const workload = refOf(scope, container.metadata.name);
      return stopWorkload(pass.client, { workload, requester: requester(scope), claims });
    }
    const users = await podsUsing(pass.client, namespace, claims);
    if (users.length === 0) return skip('no pod uses the claim');
    const names = users.map(({ metadata }) => metadata.name).join(', ');
    const message = `claim is in use by pod ${names}; stop it, or write target.containerRef to have it stopped`;
    return fail(new DokkerrError('DKR_CAPACITY', message, { reason: 'ClaimInUse', retryAfterMs: recheckUse }));
  },
};

/** Of the way back: the Container may have been started already, on what is to be undone. */
export const quiesceAgain: RunStep<RestoreScope> = {
  ...quiesce,
  run: async (scope, entry) => {
    const run = runStatusOf(scope.restore);
    if (scope.container === undefined || run === undefined || !hasWritten(run)) return skip('nothing was written yet');
    return quiesce.run(scope, entry);
  },
};

/** A duty: the Container runs again, whatever became of the restore. */
export const resume: RunStep<RestoreScope> = {
  name: 'Resume',
  run: async (scope) => {
    const { containerRef } = scope.restore.spec.target;
    if (containerRef === undefined) return skip('nothing was stopped');
    return startWorkload(scope.pass.client, refOf(scope, containerRef.name), requester(scope));
  },
};

function refOf({ namespace }: RestoreScope, name: string): WorkloadRef {
  return { kind: 'Container', namespace, name };
}

function requester({ restore }: RestoreScope): string {
  return `Restore/${restore.metadata.name}`;
}
