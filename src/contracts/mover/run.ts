/** Having one mover run: its Job is made once under the name it has, and what became of it is told. */
import { Job } from '#runtime/client/kinds.ts';
import type { KubernetesObject } from '#runtime/client/types.ts';
import type { Pass } from '#runtime/controller/types.ts';
import { exclusiveJob, holderOf } from './exclusive.ts';
import { buildMoverJob, type MoverRun } from './job.ts';
import { type MoverState, moverState } from './state.ts';
import { moverJobs, podOf } from './watch.ts';

/** Makes the mover's Job unless it is there. Its spec is never changed: a run that is wanted otherwise has another name. */
export async function runMover<T extends KubernetesObject>(
  pass: Pass<T>,
  run: MoverRun,
  image: string,
): Promise<MoverState> {
  const known = pass.children.get(Job, run.name);
  const barred = known === undefined ? whyBarred(pass, run) : undefined;
  if (barred !== undefined) return { kind: 'starting', message: barred };
  if (known === undefined) await pass.children.apply(Job, buildMoverJob(run, image));
  return known === undefined
    ? { kind: 'starting', message: 'it is being made' }
    : moverState(known, podOf(pass.cache, known), run.policy, pass.now());
}

/** What keeps a mover that takes the engine's shared lock from beginning: it would only wait for that in vain. */
function whyBarred<T extends KubernetesObject>({ cache }: Pass<T>, { request, store }: MoverRun): string | undefined {
  if (request.operation !== 'backup' && request.operation !== 'restore') return undefined;
  const job = exclusiveJob(cache, store);
  return job === undefined ? undefined : `the repository is taken by ${holderOf(job)}`;
}

/** Deletes the Job of that name and its pod, if they are there; resolves to whether something was. */
export function removeMover<T extends KubernetesObject>({ children, object }: Pass<T>, name: string): Promise<boolean> {
  const { namespace = '' } = object.metadata;
  return children.remove(Job, { namespace, name }, { propagationPolicy: 'Background' });
}

/** Deletes every mover Job that the object of this pass owns; resolves to how many were still there. */
export async function removeOwnMovers<T extends KubernetesObject>(pass: Pass<T>): Promise<number> {
  const { namespace = '', uid } = pass.object.metadata;
  const owned = pass.cache
    .informer(Job, moverJobs)
    .list(namespace)
    .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid) === true);
  for (const { metadata } of owned) await removeMover(pass, metadata.name);
  return owned.length;
}
