/**
 * Stopping a Container for as long as a run needs nobody to write to its claims, and starting it again. Whoever stops it
 * has the second as a duty.
 */
import { podsUsing } from '#contracts/pod/users.ts';
import { Container } from '#crds/container.ts';
import type { KubernetesObject } from '#runtime/client/types.ts';
import type { Pass } from '#runtime/controller/types.ts';
import { done, type StepResult, skip, wait } from '#runtime/itinerary/types.ts';
import { stopAnnotation, stoppedFor } from './stop.ts';

/** Milliseconds; pods may take their grace period, at most a day, but hardly anybody gives them an hour. */
export const stopDeadline = 3_600_000;
/** Milliseconds between looks for pods of others, which no watch of ours sees. */
export const recheckPods = 2_000;

/** Who has what stopped. */
export interface Quiescing {
  readonly container: Container;
  /** `<Kind>/<name>` of the run */
  readonly requester: string;
  /** which no pod may use any more */
  readonly claims: readonly string[];
}

/** Done once no pod uses the claims; waits while another run has it stopped. */
export async function quiesceContainer<T extends KubernetesObject>(
  pass: Pass<T>,
  { container, requester, claims }: Quiescing,
): Promise<StepResult> {
  const { name, namespace = '' } = container.metadata;
  const owner = stoppedFor(container);
  if (owner !== undefined && owner !== requester) {
    return wait('StoppedForAnother', `Container ${name} is stopped for ${owner}`, recheckPods);
  }
  if (owner === undefined) await annotate(pass, container, requester);
  const users = (await podsUsing(pass.client, namespace, claims)).map(({ metadata }) => metadata.name);
  if (users.length === 0) return done(`Container ${name} is stopped`);
  pass.log.debug({ pods: users }, 'waiting for pods to end');
  return wait('Stopping', `waiting for ${users.join(', ')} to end`, recheckPods);
}

/** The Container runs again, if it was stopped for this run. It is asked for anew: the pass may have stopped it itself. */
export async function resumeContainer<T extends KubernetesObject>(
  pass: Pass<T>,
  name: string | undefined,
  requester: string,
): Promise<StepResult> {
  const { namespace = '' } = pass.object.metadata;
  const container = name === undefined ? undefined : await pass.client.get(Container, { namespace, name });
  if (container === undefined || stoppedFor(container) !== requester) return skip('nothing was stopped');
  await annotate(pass, container, null);
  return done(`Container ${container.metadata.name} is started again`);
}

async function annotate<T extends KubernetesObject>(
  pass: Pass<T>,
  { metadata }: Container,
  value: string | null,
): Promise<void> {
  const { resourceVersion } = metadata;
  await pass.client.patch(Container, metadata, {
    metadata: {
      annotations: { [stopAnnotation]: value },
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
  });
}
