/**
 * Movers that need a repository to themselves: restic takes an exclusive lock to check, prune, forget, mend or change keys.
 * Of a store there is one at a time, whoever wants it, for all of them bear one name and the API server gives a name
 * once: the Job is the lock, and nobody can die holding it. It is made suspended and begins when every other mover of the
 * store has ended; those that were not made yet wait for it. restic's own locks stay what keeps the data safe.
 */
import type { BackupStore } from '#crds/backup-store.ts';
import type { Cache, Change } from '#runtime/cache/types.ts';
import { Job } from '#runtime/client/kinds.ts';
import { isOwnedBy } from '#runtime/client/owners.ts';
import { apiVersionOf, type Kind, type KubernetesObject, type ObjectKey } from '#runtime/client/types.ts';
import { managedByLabel } from '#runtime/controller/children.ts';
import type { Pass } from '#runtime/controller/types.ts';
import { asDokkerrError } from '#runtime/errors.ts';
import { buildMoverJob, type MoverRun, moverLabel, storeLabel } from './job.ts';
import { type MoverState, moverState } from './state.ts';
import { activeJobs, moverJobs, podOf } from './watch.ts';

/** Milliseconds it keeps others waiting for its turn; a first backup may take a day, and others must not wait for that. */
const longestWait = 10 * 60_000;

/** On the Job: the value of the annotation by which somebody asked for it. */
const requestAnnotation = 'dokkerr.io/request';

export interface ExclusiveRun extends Omit<MoverRun, 'name'> {
  /** what asked for it, told again by `requestOf` */
  readonly asked?: string;
}

export type ExclusiveState =
  | MoverState
  /** somebody else has the repository, or is still at work on it */
  | { readonly kind: 'taken'; readonly message: string };

/** The Job that has a store's repository to itself, whoever made it. */
export function exclusiveJob(cache: Cache, { metadata: { namespace = '', name } }: BackupStore): Job | undefined {
  return cache.informer(Job, moverJobs).get({ namespace, name: jobName(name) });
}

function jobName(store: string): string {
  return `${store}-exclusive`;
}

/** For `watched(Job, …)`: the BackupStore whose repository the Job has to itself, or works on. */
export function storeOfExclusive({ object }: Change<Job>): ObjectKey[] {
  const { namespace, labels } = object.metadata;
  const name = labels?.[storeLabel];
  return name === undefined || namespace === undefined ? [] : [{ namespace, name }];
}

/** What is done and for whom, as `status.lock` shows it. */
export function holderOf({ metadata }: Job): string {
  const [owner] = metadata.ownerReferences ?? [];
  return `${metadata.labels?.[moverLabel] ?? 'unknown'} for ${owner?.kind ?? 'nobody'} ${owner?.name ?? ''}`.trim();
}

/** What asked for that Job: `ExclusiveRun.asked`. */
export function requestOf({ metadata }: Job): string | undefined {
  return metadata.annotations?.[requestAnnotation];
}

/** Whether the Job is of that object and does that. */
export function isRunOf(job: Job, owner: KubernetesObject, operation: string): boolean {
  return isOwnedBy(job, owner) && job.metadata.labels?.[moverLabel] === operation;
}

/**
 * Has the mover run as soon as nobody else is at work.
 * @param owner kind of the object of this pass
 * @param image the operator's own
 */
export async function runExclusive<T extends KubernetesObject>(
  pass: Pass<T>,
  owner: Kind<T>,
  run: ExclusiveRun,
  image: string,
): Promise<ExclusiveState> {
  const { store } = run;
  const found = exclusiveJob(pass.cache, store);
  if (found === undefined) return begin(pass, owner, run, image);
  if (!isRunOf(found, pass.object, run.request.operation)) return taken(`waits for ${holderOf(found)}`);
  if (found.metadata.deletionTimestamp !== undefined) return taken('waits for the one before to be gone');
  if (found.spec?.suspend === true) return proceed(pass, store, found);
  const { startTime } = found.status ?? {};
  if (startTime === undefined) return { kind: 'starting', message: 'it is about to start' };
  // A Job that was suspended counts from when it was let go.
  const started = { ...found, metadata: { ...found.metadata, creationTimestamp: String(startTime) } };
  return moverState(started, podOf(pass.cache, found), run.policy, pass.now());
}

async function begin<T extends KubernetesObject>(
  { client, object }: Pass<T>,
  owner: Kind<T>,
  run: ExclusiveRun,
  image: string,
): Promise<ExclusiveState> {
  const { namespace = '', name, uid = '' } = object.metadata;
  const { metadata, spec, ...job } = buildMoverJob({ ...run, name: jobName(run.store.metadata.name) }, image);
  const ownerReference = { apiVersion: apiVersionOf(owner), kind: owner.kind, name, uid };
  try {
    await client.create(Job, {
      ...job,
      metadata: {
        ...metadata,
        namespace,
        labels: { ...metadata.labels, [managedByLabel]: 'dokkerr' },
        ...(run.asked === undefined ? {} : { annotations: { [requestAnnotation]: run.asked } }),
        ownerReferences: [{ ...ownerReference, controller: true, blockOwnerDeletion: true }],
      },
      ...(spec === undefined ? {} : { spec: { ...spec, suspend: true } }),
    });
    return { kind: 'starting', message: 'it is being made' };
  } catch (thrown) {
    if (asDokkerrError(thrown).code === 'DKR_API_CONFLICT') return taken('somebody else was first');
    throw thrown;
  }
}

/** Lets a suspended Job go once no other mover is at work, and gives the turn back when that takes too long. */
async function proceed<T extends KubernetesObject>(
  { client, cache, children, now }: Pass<T>,
  store: BackupStore,
  job: Job,
): Promise<ExclusiveState> {
  const { namespace = '', name, resourceVersion, creationTimestamp } = job.metadata;
  const others = activeJobs(cache, namespace, store.metadata.name).filter(({ metadata }) => metadata.name !== name);
  if (others.length === 0) {
    const guard = resourceVersion === undefined ? {} : { metadata: { resourceVersion } };
    await client.patch(Job, { namespace, name }, { ...guard, spec: { suspend: false } });
    return { kind: 'starting', message: 'it is about to start' };
  }
  const working = `waits for ${others.length} Jobs that work on the store`;
  if (now().getTime() - Date.parse(String(creationTimestamp)) < longestWait)
    return { kind: 'starting', message: working };
  await children.remove(Job, { namespace, name }, { propagationPolicy: 'Background' });
  return taken(`${working}, and lets others go first meanwhile`);
}

function taken(message: string): ExclusiveState {
  return { kind: 'taken', message };
}

/** Gives the repository back. The Job stays in the way until its pod is gone. */
export function endExclusive<T extends KubernetesObject>({ children }: Pass<T>, store: BackupStore): Promise<boolean> {
  const { namespace = '', name } = store.metadata;
  return children.remove(Job, { namespace, name: jobName(name) }, { propagationPolicy: 'Foreground' });
}
