/** Having one mover run: its Job is made once under the name it has, and what became of it is told. */
import type { Cache } from '#runtime/cache/types.ts';
import { Job, Node } from '#runtime/client/kinds.ts';
import type { KubernetesObject } from '#runtime/client/types.ts';
import type { Pass } from '#runtime/controller/types.ts';
import { slimNodes } from '../node/nodes.ts';
import { exclusiveJob, holderOf } from './exclusive.ts';
import { buildMoverJob, type MoverRun } from './job.ts';
import { type MoverState, moverState } from './state.ts';
import { type Turn, turnOf } from './turn.ts';
import { activeJobs, moverJobs, podOf } from './watch.ts';

/** Of one pass: the movers it has made, which the cache does not show yet. */
const madeIn = new WeakMap<object, number>();

/** Makes the mover's Job unless it is there. Its spec is never changed: a run that is wanted otherwise has another name. */
export async function runMover<T extends KubernetesObject>(
  pass: Pass<T>,
  run: MoverRun,
  image: string,
): Promise<MoverState> {
  const known = pass.children.get(Job, run.name);
  if (known !== undefined) return moverState(known, podOf(pass.cache, known), run.policy, pass.now());
  const turn = turnFor(pass, run);
  if (turn.kind === 'wait') return { kind: 'starting', message: turn.message };
  await pass.children.apply(Job, buildMoverJob({ ...run, avoidNodes: turn.avoid }, image));
  madeIn.set(pass, (madeIn.get(pass) ?? 0) + 1);
  return { kind: 'starting', message: 'it is being made' };
}

/** Those that move data take turns; the others read a little, and are as many as there are stores. */
function turnFor<T extends KubernetesObject>(pass: Pass<T>, { request, store, node }: MoverRun): Turn {
  if (request.operation !== 'backup' && request.operation !== 'restore') return { kind: 'go', avoid: [] };
  const { cache } = pass;
  const { namespace = '', name } = store.metadata;
  const { maxJobs, maxJobsPerNode } = store.spec.concurrency;
  const exclusive = exclusiveJob(cache, store);
  const seen = activeJobs(cache, namespace, name).map((job) => ({ node: podOf(cache, job)?.spec?.nodeName }));
  return turnOf({
    takenBy: exclusive === undefined ? undefined : holderOf(exclusive),
    maxJobs,
    maxJobsPerNode,
    active: [...seen, ...Array.from({ length: madeIn.get(pass) ?? 0 }, () => ({}))],
    nodes: maxJobsPerNode === undefined || cache.omits(Node) ? undefined : schedulable(cache),
    node,
  });
}

function schedulable(cache: Cache): string[] {
  return cache
    .informer(Node, slimNodes)
    .list()
    .filter(({ spec }) => spec.unschedulable !== true)
    .map(({ metadata }) => metadata.name);
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
