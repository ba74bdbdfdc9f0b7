/** Having one mover run: its Job is made once under the name it has, and what became of it is told. */
import type { Cache } from '#runtime/cache/types.ts';
import { Job, Node } from '#runtime/client/kinds.ts';
import { isOwnedBy } from '#runtime/client/owners.ts';
import { type KubernetesObject, parseKey } from '#runtime/client/types.ts';
import type { Pass } from '#runtime/controller/types.ts';
import { slimNodes } from '../node/nodes.ts';
import { isReady, whyNotReady } from '../store/location.ts';
import { exclusiveJob, holderOf } from './exclusive.ts';
import { buildMoverJob, type MoverRun } from './job.ts';
import { Reservations } from './reservations.ts';
import { type MoverState, moverState } from './state.ts';
import { type Turn, turnOf } from './turn.ts';
import { activeJobs, moverJobs, podOf } from './watch.ts';

/** Of each cache: the movers that it does not show yet. */
const reservations = new WeakMap<Cache, Reservations>();

/** Makes the mover's Job unless it is there. Its spec is never changed: a run that is wanted otherwise has another name. */
export async function runMover<T extends KubernetesObject>(
  pass: Pass<T>,
  run: MoverRun,
  image: string,
): Promise<MoverState> {
  const known = pass.children.get(Job, run.name);
  if (known !== undefined) return moverState(known, podOf(pass.cache, known), run.policy, pass.now());
  return takesTurns(run) ? makeInTurn(pass, run, image) : make(pass, run, image);
}

async function makeInTurn<T extends KubernetesObject>(
  pass: Pass<T>,
  run: MoverRun,
  image: string,
): Promise<MoverState> {
  const turn = turnFor(pass, run);
  if (turn.kind === 'wait') return { kind: 'starting', message: turn.message };
  // Nothing is awaited between the count and this, so that no other pass counts the same.
  const made = reservationsOf(pass.cache);
  const reserved = `${run.store.metadata.namespace ?? ''}/${run.name}`;
  made.add(reserved, groupOf(run), pass.now());
  try {
    return await make(pass, { ...run, avoidNodes: turn.avoid }, image);
  } catch (thrown) {
    made.remove(reserved);
    throw thrown;
  }
}

async function make<T extends KubernetesObject>({ children }: Pass<T>, run: MoverRun, image: string) {
  await children.apply(Job, buildMoverJob(run, image));
  return { kind: 'starting', message: 'it is being made' } as const;
}

function reservationsOf(cache: Cache): Reservations {
  const known = reservations.get(cache) ?? new Reservations();
  reservations.set(cache, known);
  return known;
}

/** Those that move data to or from a store take turns; the others read a little of it, or know none. */
function takesTurns({ request }: MoverRun): boolean {
  return request.operation === 'backup' || request.operation === 'restore';
}

function groupOf({ store: { metadata } }: MoverRun): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function turnFor<T extends KubernetesObject>({ cache, now }: Pass<T>, run: MoverRun): Turn {
  const { store, node } = run;
  const { namespace = '', name } = store.metadata;
  const { maxJobs, maxJobsPerNode } = store.spec.concurrency;
  const exclusive = exclusiveJob(cache, store);
  const seen = activeJobs(cache, namespace, name).map((job) => ({ node: podOf(cache, job)?.spec?.nodeName }));
  const jobs = cache.informer(Job, moverJobs);
  const onTheirWay = reservationsOf(cache).count(groupOf(run), (key) => jobs.get(parseKey(key)) !== undefined, now());
  return turnOf({
    notReady: isReady(store) ? undefined : whyNotReady(store),
    takenBy: exclusive === undefined ? undefined : holderOf(exclusive),
    maxJobs,
    maxJobsPerNode,
    active: [...seen, ...Array.from({ length: onTheirWay }, () => ({}))],
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
  const { namespace = '' } = pass.object.metadata;
  const owned = pass.cache
    .informer(Job, moverJobs)
    .list(namespace)
    .filter((job) => isOwnedBy(job, pass.object));
  for (const { metadata } of owned) await removeMover(pass, metadata.name);
  return owned.length;
}
