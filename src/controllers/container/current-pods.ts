/** Which of a Container's pods are of the revision that is wanted, and which a StatefulSet cannot bring there. Pure. */
import { claimVolumes } from '#contracts/container/claims.ts';
import type { Pod } from '#runtime/client/kinds.ts';
import { templateHashAnnotation } from './children/pod-template.ts';
import type { WorkloadScope } from './scope.ts';

/** Pods of the wanted revision: what is wrong with those that it replaces is the past. */
export function currentPods({ stateful, live }: WorkloadScope): Pod[] {
  const workload = stateful ? live.statefulSet : live.deployment;
  const wanted = workload?.spec.template.metadata?.annotations?.[templateHashAnnotation];
  return live.pods.filter(({ metadata }) => metadata.annotations?.[templateHashAnnotation] === wanted);
}

/**
 * Pods to be deleted now, because they lack the volume of a claim that was added. A StatefulSet that takes such a pod over
 * wants to give it the volume, which no pod can be given, and rolls none while it fails to. One goes at a time, once all
 * others are ready, or all at once with Recreate; the lowest first, since that is the order in which it makes new ones.
 */
export function podsWithoutVolume({ container, replicas, live }: WorkloadScope): Pod[] {
  const wanted = claimVolumes(container).map(({ name }) => name);
  const living = live.pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const lacking = living
    .filter(({ spec }) => wanted.some((name) => !spec.volumes?.some((volume) => volume.name === name)))
    .toSorted((left, right) => ordinalOf(left) - ordinalOf(right));
  if (container.spec.update?.strategy === 'Recreate') return lacking;
  const broken = lacking.find((pod) => !isReady(pod));
  const [first] = lacking;
  if (broken !== undefined || first === undefined) return broken === undefined ? [] : [broken];
  return living.length >= replicas && living.every(isReady) ? [first] : [];
}

function ordinalOf({ metadata }: Pod): number {
  return Number(metadata.name.slice(metadata.name.lastIndexOf('-') + 1));
}

function isReady({ status }: Pod): boolean {
  return status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;
}
