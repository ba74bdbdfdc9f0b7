/** Quiesce and Resume: nobody writes to a claim that is being written, and a Container that was stopped is started again. */
import { stopAnnotation, stoppedFor } from '#contracts/container/stop.ts';
import { moverLabel } from '#contracts/mover/job.ts';
import { Container } from '#crds/container.ts';
import { Pod } from '#runtime/client/kinds.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type RunStep, type StepEntry, skip, wait } from '#runtime/itinerary/types.ts';
import { type RestoreScope, resolvedOf } from '../scope.ts';

/** Milliseconds; pods may take their grace period, at most a day, but hardly anybody gives them an hour. */
const stopDeadline = 3_600_000;
/** Milliseconds between looks for pods of others, which no watch of ours sees. */
const recheckPods = 2_000;

export const quiesce: RunStep<RestoreScope> = {
  name: 'Quiesce',
  effect: true,
  deadline: () => stopDeadline,
  run: async (scope, entry) => {
    const { container, pass } = scope;
    if (container !== undefined) {
      const owner = stoppedFor(container);
      if (owner !== undefined && owner !== requester(scope)) {
        return wait('StoppedForAnother', `Container ${container.metadata.name} is stopped for ${owner}`, recheckPods);
      }
      if (owner === undefined) await annotate(scope, container, requester(scope));
    }
    const users = await usersOf(scope, entry);
    if (users.length === 0) {
      return container === undefined
        ? skip('no pod uses the claim')
        : done(`Container ${container.metadata.name} is stopped`);
    }
    if (container === undefined) {
      const message = `claim is in use by pod ${users.join(', ')}; stop it, or write target.containerRef to have it stopped`;
      return fail(new DokkerrError('DKR_CAPACITY', message, { reason: 'ClaimInUse', retryAfterMs: recheckPods }));
    }
    pass.log.debug({ pods: users }, 'waiting for pods to end');
    return wait('Stopping', `waiting for ${users.join(', ')} to end`, recheckPods);
  },
};

/** A duty: the Container runs again, whatever became of the restore. */
export const resume: RunStep<RestoreScope> = {
  name: 'Resume',
  run: async (scope) => {
    const { container } = scope;
    if (container === undefined || stoppedFor(container) !== requester(scope)) return skip('nothing was stopped');
    await annotate(scope, container, null);
    return done(`Container ${container.metadata.name} is started again`);
  },
};

function requester({ restore }: RestoreScope): string {
  return `Restore/${restore.metadata.name}`;
}

async function annotate({ pass }: RestoreScope, { metadata }: Container, value: string | null): Promise<void> {
  const { resourceVersion } = metadata;
  await pass.client.patch(Container, metadata, {
    metadata: {
      annotations: { [stopAnnotation]: value },
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
  });
}

/** Pods that mount one of the claims, movers aside. */
async function usersOf({ pass, namespace }: RestoreScope, entry: StepEntry): Promise<string[]> {
  const claims = new Set((resolvedOf(entry).volumes ?? []).map(({ claim }) => claim));
  const { items } = await pass.client.list(Pod, { namespace, labelSelector: `!${moverLabel}` });
  return items
    .filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed')
    .filter(({ spec }) => spec?.volumes?.some((volume) => claims.has(volume.persistentVolumeClaim?.claimName ?? '')))
    .map(({ metadata }) => metadata.name);
}
