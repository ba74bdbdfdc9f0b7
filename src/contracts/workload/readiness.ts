/**
 * Whether a workload runs as it is meant to: its controller says so of its newest spec, and the pods themselves are there.
 *
 * Rights: containers, deployments and statefulsets get; pods list.
 */
import { containerLabel } from '#contracts/container/claims.ts';
import { selectorText } from '#contracts/pod/selector.ts';
import { Pod } from '#runtime/client/kinds.ts';
import type { Client } from '#runtime/client/types.ts';
import { stopperOf, usualReplicas } from './stop.ts';
import { getWorkload, titleOf, type Workload, type WorkloadRef } from './workload.ts';

/** `message`: what it lacks, in a sentence. `gone`: somebody deleted it. */
export type Readiness =
  | { readonly ready: true }
  | { readonly ready: false; readonly message: string; readonly gone?: true };

export async function workloadReadiness(client: Client, ref: WorkloadRef): Promise<Readiness> {
  const workload = await getWorkload(client, ref);
  if (workload === undefined) return { ready: false, message: `${titleOf(ref)} is gone`, gone: true };
  const labelSelector = podSelector(workload);
  const { items } = await client.list(Pod, { namespace: ref.namespace, labelSelector });
  return judge(workload, items);
}

/** @param pods those it made */
export function judge(workload: Workload, pods: readonly Pod[]): Readiness {
  const title = titleOf({ kind: workload.kind, name: workload.object.metadata.name });
  const stopper = stopperOf(workload);
  if (stopper !== undefined) return { ready: false, message: `${title} is stopped for ${stopper}` };
  const wanted = usualReplicas(workload);
  const ready = pods.filter(isReady).length;
  if (ready >= wanted && isSettled(workload, wanted)) return { ready: true };
  const trouble = pods.flatMap((pod) => troubleOf(pod) ?? [])[0] ?? complaintOf(workload);
  const count = `${title}: ${ready} of ${wanted} pods are ready`;
  return { ready: false, message: trouble === undefined ? count : `${count}; ${trouble}` };
}

/** Its controller has seen the spec as it is and has come to its end. */
function isSettled(workload: Workload, wanted: number): boolean {
  const { metadata, status } = workload.object;
  if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 0)) return false;
  switch (workload.kind) {
    case 'Container':
      return (
        workload.object.status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true
      );
    case 'Deployment': {
      const { availableReplicas = 0, updatedReplicas = 0 } = workload.object.status ?? {};
      // The pods of a paused one are not of its newest template, and are not meant to be.
      return availableReplicas >= wanted && (workload.object.spec.paused === true || updatedReplicas >= wanted);
    }
    case 'StatefulSet':
      // With OnDelete or a partition not all pods are of the newest template, and are not meant to be.
      return (workload.object.status?.readyReplicas ?? 0) >= wanted;
  }
}

function podSelector(workload: Workload): string {
  if (workload.kind === 'Container') return `${containerLabel}=${workload.object.metadata.name}`;
  return selectorText(workload.object.spec.selector);
}

function isReady({ metadata, status }: Pod): boolean {
  const says = status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;
  return says && metadata.deletionTimestamp === undefined;
}

/** Why a pod is not ready, in Kubernetes' words; undefined where it is, or nothing is said yet. */
function troubleOf(pod: Pod): string | undefined {
  if (isReady(pod)) return undefined;
  const { initContainerStatuses = [], containerStatuses = [], conditions = [] } = pod.status ?? {};
  const waiting = [...initContainerStatuses, ...containerStatuses].flatMap(({ state }) => state?.waiting ?? [])[0];
  const unscheduled = conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  const { reason, message } = waiting ?? unscheduled ?? {};
  if (reason === undefined) return undefined;
  return `pod ${pod.metadata.name}: ${reason}${message === undefined ? '' : ` (${message})`}`;
}

/** What its controller has to complain of, where no pod says anything. */
function complaintOf(workload: Workload): string | undefined {
  const { conditions = [] } = workload.object.status ?? {};
  const complaint =
    workload.kind === 'Container'
      ? conditions.find(({ type, status }) => type === 'Ready' && status === 'False')
      : conditions.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True');
  return complaint?.message;
}
