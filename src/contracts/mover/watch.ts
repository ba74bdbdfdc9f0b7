/** How mover Jobs and their pods are cached, and how a change of one finds the run it belongs to. */
import type { Cache, Change } from '#runtime/cache/types.ts';
import { Job, Pod } from '#runtime/client/kinds.ts';
import type { ObjectKey } from '#runtime/client/types.ts';
import { moverLabel, storeLabel } from './job.ts';

/** Label by which the Job controller marks its pods (https://kubernetes.io/docs/concepts/workloads/controllers/job/). */
const jobNameLabel = 'batch.kubernetes.io/job-name';
const byJob = 'mover-job';
const byStore = 'mover-store';

/** Jobs of movers only, found again by their store. */
export const moverJobs = { labelSelector: moverLabel, indexes: { [byStore]: storeIndex } };

/** Pods of movers only, found again by their Job, without what nobody here reads. */
export const moverPods = { labelSelector: moverLabel, indexes: { [byJob]: jobIndex }, transform: slim };

function storeIndex({ metadata }: Job): string[] {
  const store = metadata.labels?.[storeLabel];
  return store === undefined ? [] : [`${metadata.namespace ?? ''}/${store}`];
}

function jobIndex({ metadata }: Pod): string[] {
  const job = metadata.labels?.[jobNameLabel];
  return job === undefined ? [] : [`${metadata.namespace ?? ''}/${job}`];
}

function slim(pod: Pod): Pod {
  const { nodeName } = pod.spec ?? {};
  return { ...pod, spec: { containers: [], ...(nodeName === undefined ? {} : { nodeName }) } };
}

/** The newest pod of a Job. */
export function podOf(cache: Cache, { metadata: { namespace = '', name } }: Job): Pod | undefined {
  const pods = cache.informer(Pod, moverPods).by(byJob, `${namespace}/${name}`);
  return pods.toSorted((a, b) => bornAt(b).localeCompare(bornAt(a)))[0];
}

function bornAt({ metadata }: Pod): string {
  return metadata.creationTimestamp ?? '';
}

/** Jobs that work on a store and have not ended. */
export function activeJobs(cache: Cache, namespace: string, store: string): Job[] {
  const ended = (job: Job) => job.status?.conditions?.some(({ type, status }) => isEnd(type) && status === 'True');
  return cache
    .informer(Job, moverJobs)
    .by(byStore, `${namespace}/${store}`)
    .filter((job) => ended(job) !== true);
}

function isEnd(condition: string): boolean {
  return condition === 'Complete' || condition === 'Failed';
}

/** For `watched(Pod, …)`: the object of `ownerKind` whose Job the pod belongs to. */
export function ownerOfMoverPod(ownerKind: string) {
  return ({ object }: Change<Pod>, cache: Cache): ObjectKey[] => {
    const { namespace } = object.metadata;
    const job = object.metadata.labels?.[jobNameLabel];
    if (namespace === undefined || job === undefined) return [];
    const owner = cache.informer(Job, moverJobs).get({ namespace, name: job })?.metadata.ownerReferences?.[0];
    return owner?.kind === ownerKind ? [{ namespace, name: owner.name }] : [];
  };
}
