/**
 * The status of a custom resource as GitOps tools and `kubectl wait` read it, and what must never be read.
 * Rules: https://github.com/kubernetes-sigs/cli-utils/tree/master/pkg/kstatus
 */
import type { Container } from '#crds/container.ts';
import { compareResourceVersions } from '#runtime/cache/resource-version.ts';
import type { Deployment, StatefulSet } from '#runtime/client/kinds.ts';
import { conditionOf } from './sandbox.ts';

type Workload = Deployment | StatefulSet;

export function kstatus(container: Container): 'Terminating' | 'InProgress' | 'Failed' | 'Current' {
  const is = (type: string, status: string) => conditionOf(container, type)?.status === status;
  if (container.metadata.deletionTimestamp !== undefined) return 'Terminating';
  if (container.status?.observedGeneration !== container.metadata.generation) return 'InProgress';
  if (is('Reconciling', 'True')) return 'InProgress';
  if (is('Stalled', 'True')) return 'Failed';
  return is('Ready', 'True') ? 'Current' : 'InProgress';
}

/**
 * A sentence for every stored version that contradicts itself or its workload. Versions of one etcd are ordered, so what
 * the workload was when a status was stored is its newest version before.
 */
export function contradictions(history: readonly Container[], workloads: readonly Workload[]): string[] {
  return history.flatMap((container, index) => {
    const { metadata, status } = container;
    const at = `version ${metadata.resourceVersion} of ${metadata.name} (generation ${metadata.generation})`;
    const before = history[index - 1]?.status?.observedGeneration ?? 0;
    const observed = status?.observedGeneration ?? 0;
    return [
      ...(observed > (metadata.generation ?? 0) ? [`${at} observed a generation that is yet to come`] : []),
      ...(observed < before ? [`${at} observed generation ${observed} after ${before}`] : []),
      ...(isTrue(container, 'Stalled') && isTrue(container, 'Reconciling') ? [`${at} is stalled and reconciling`] : []),
      ...(isTrue(container, 'Ready') && isTrue(container, 'Reconciling') ? [`${at} is ready and reconciling`] : []),
      ...(isTrue(container, 'Ready') && isTrue(container, 'Stalled') ? [`${at} is ready and stalled`] : []),
      ...(kstatus(container) === 'Current'
        ? unfinished(container, workloads).map((what) => `${at} is Current, but ${what}`)
        : []),
      ...(status?.conditions ?? [])
        .filter(({ observedGeneration }) => observedGeneration !== observed)
        .map(
          ({ type, observedGeneration }) =>
            `${at} says ${type} of generation ${observedGeneration}, its status is of ${observed}`,
        ),
    ];
  });
}

function isTrue(container: Container, type: string): boolean {
  return conditionOf(container, type)?.status === 'True';
}

/** What was not rolled out when the Container was said to be as declared. */
function unfinished(container: Container, workloads: readonly Workload[]): string[] {
  const { resourceVersion = '' } = container.metadata;
  const known = workloads.filter(
    ({ metadata }) => compareResourceVersions(metadata.resourceVersion ?? '', resourceVersion) < 0,
  );
  const now = known
    .toSorted((a, b) => compareResourceVersions(a.metadata.resourceVersion ?? '', b.metadata.resourceVersion ?? ''))
    .at(-1);
  if (now === undefined) return ['there is no workload'];
  const { image, replicas, suspend } = container.spec;
  const wanted = suspend === true ? 0 : replicas;
  const has = now.spec.template.spec?.containers[0]?.image;
  // A pod may be lost between the look and the word, so that it was complete once with this very spec suffices.
  const wasComplete = known.some(
    (workload) =>
      workload.metadata.uid === now.metadata.uid &&
      workload.metadata.generation === now.metadata.generation &&
      isComplete(workload, wanted),
  );
  return [
    ...(has === image ? [] : [`its workload still has image ${has}`]),
    ...(now.spec.replicas === wanted ? [] : [`its workload still wants ${now.spec.replicas} pods`]),
    ...(wasComplete ? [] : ['its workload was not rolled out']),
  ];
}

function isComplete({ metadata, status }: Workload, wanted: number): boolean {
  const { observedGeneration = 0, replicas = 0, readyReplicas = 0, updatedReplicas = 0 } = status ?? {};
  return (
    observedGeneration >= (metadata.generation ?? 0) &&
    replicas === wanted &&
    readyReplicas === wanted &&
    (updatedReplicas === wanted || isSettled(status))
  );
}

/** A StatefulSet stops counting updated pods when it has settled. */
function isSettled(status: Workload['status']): boolean {
  return status !== undefined && 'currentRevision' in status && status.currentRevision === status.updateRevision;
}
