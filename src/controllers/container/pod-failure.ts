/** Why a Container's pods do not run, read from the pods themselves: a workload only ever says "not ready yet". */
import type { Pod } from '#runtime/client/kinds.ts';

export interface PodFailure {
  pod: string;
  /** the kubelet's or scheduler's own word: `ImagePullBackOff`, `CrashLoopBackOff`, `Unschedulable` */
  reason: string;
  message: string;
  /** a person has to act; otherwise it may yet resolve itself */
  lasting: boolean;
}

/**
 * Reasons for which the kubelet has given up, or tries again only after a pause. The first failure of a pull or a start
 * (`ErrImagePull`, one crash) is not among them: most of those resolve themselves.
 * Source: waiting reasons in pkg/kubelet/container/sync_result.go and pkg/kubelet/images/types.go of Kubernetes.
 */
const lasting = new Set([
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'CrashLoopBackOff',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

const transient = new Set(['ErrImagePull']);

/** The failure most worth showing: a lasting one before one that may pass, the newest pod first. */
export function findPodFailure(pods: readonly Pod[]): PodFailure | undefined {
  const failures = pods
    .filter((pod) => pod.metadata.deletionTimestamp === undefined)
    .toSorted((left, right) =>
      (right.metadata.creationTimestamp ?? '').localeCompare(left.metadata.creationTimestamp ?? ''),
    )
    .flatMap((pod) => failureOf(pod) ?? []);
  return failures.find((failure) => failure.lasting) ?? failures[0];
}

function failureOf(pod: Pod): PodFailure | undefined {
  return waitingFailure(pod) ?? unschedulable(pod);
}

function waitingFailure(pod: Pod): PodFailure | undefined {
  for (const { name, state, lastState, restartCount, image } of pod.status?.containerStatuses ?? []) {
    const reason = state?.waiting?.reason;
    if (reason === undefined || !(lasting.has(reason) || transient.has(reason))) continue;
    const ended = lastState?.terminated;
    const detail =
      reason === 'CrashLoopBackOff' && ended !== undefined
        ? `exited with code ${ended.exitCode}${ended.reason === undefined ? '' : ` (${ended.reason})`} after ${restartCount} restarts; see its log: kubectl logs -n ${pod.metadata.namespace ?? 'default'} ${pod.metadata.name} -c ${name} --previous`
        : `image ${image}: ${state?.waiting?.message ?? reason}`;
    return {
      pod: pod.metadata.name,
      reason,
      message: `pod ${pod.metadata.name} ${reason === 'CrashLoopBackOff' ? '' : 'cannot start, '}${detail}`,
      lasting: lasting.has(reason),
    };
  }
  return undefined;
}

/** The scheduler goes on trying, and an autoscaler may bring a node, so this is never lasting. */
function unschedulable(pod: Pod): PodFailure | undefined {
  const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status !== 'False' || scheduled.reason !== 'Unschedulable') return undefined;
  const message = `pod ${pod.metadata.name} finds no node: ${scheduled.message ?? 'unschedulable'}`;
  return { pod: pod.metadata.name, reason: 'Unschedulable', message, lasting: false };
}
