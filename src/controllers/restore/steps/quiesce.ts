/** Quiesce and Resume: nobody writes to a claim that is being written, and a Container that was stopped is started again. */
import { quiesceContainer, recheckPods, resumeContainer, stopDeadline } from '#contracts/container/quiesce.ts';
import { podsUsing } from '#contracts/pod/users.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { fail, type RunStep, skip } from '#runtime/itinerary/types.ts';
import { type RestoreScope, resolvedOf } from '../scope.ts';

export const quiesce: RunStep<RestoreScope> = {
  name: 'Quiesce',
  effect: true,
  deadline: () => stopDeadline,
  run: async (scope, entry) => {
    const { container, pass, namespace } = scope;
    const claims = (resolvedOf(entry).volumes ?? []).map(({ claim }) => claim);
    if (container !== undefined) return quiesceContainer(pass, { container, requester: requester(scope), claims });
    const users = await podsUsing(pass.client, namespace, claims);
    if (users.length === 0) return skip('no pod uses the claim');
    const names = users.map(({ metadata }) => metadata.name).join(', ');
    const message = `claim is in use by pod ${names}; stop it, or write target.containerRef to have it stopped`;
    return fail(new DokkerrError('DKR_CAPACITY', message, { reason: 'ClaimInUse', retryAfterMs: recheckPods }));
  },
};

/** A duty: the Container runs again, whatever became of the restore. */
export const resume: RunStep<RestoreScope> = {
  name: 'Resume',
  run: (scope) => resumeContainer(scope.pass, scope.restore.spec.target.containerRef?.name, requester(scope)),
};

function requester({ restore }: RestoreScope): string {
  return `Restore/${restore.metadata.name}`;
}
