/**
 * What has become of a Job of one pod, from both as the cache has them. Pure. A mover's result is its pod's termination
 * message; a Job that ended without one has lost its mover.
 */
import type { RunPolicy } from '#crds/run/mover.ts';
import type { Job, Pod } from '#runtime/client/kinds.ts';
import { moverContainer } from './job.ts';
import { type MoverFailure, type MoverResult, moverResult } from './result.ts';

export type JobState<R> =
  | { readonly kind: 'starting'; readonly message: string }
  | { readonly kind: 'running'; readonly pod: Pod }
  | { readonly kind: 'ended'; readonly result: R }
  /** ended without a result that could be trusted, or never began */
  | Lost;

interface Lost {
  readonly kind: 'lost';
  readonly failure: MoverFailure;
}

export type MoverState = JobState<MoverResult>;

/** How a container ended. */
export type Terminated = NonNullable<
  NonNullable<NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number]['state']>['terminated']
>;

export function moverState(job: Job, pod: Pod | undefined, policy: RunPolicy, now: Date): MoverState {
  return jobState({ job, pod, container: moverContainer, policy, now }, (terminated) => {
    const result = readResult(terminated.message);
    // Nobody looks at a mover that was canceled as asked: this one was ended by a drain, an eviction or by hand.
    if (result?.failure?.class === 'Canceled') return lost('MoverLost', 'the pod was ended from outside');
    if (result !== undefined) return { kind: 'ended', result };
    const { exitCode, reason = 'Error' } = terminated;
    return lost('MoverLost', `the pod ended with exit code ${exitCode} (${reason}) and left no result`);
  });
}

/** A Job of one pod, as the cache has the two. */
export interface JobSeen {
  readonly job: Job;
  readonly pod: Pod | undefined;
  /** the one whose end is the Job's */
  readonly container: string;
  readonly policy: Omit<RunPolicy, 'backoffLimit'>;
  readonly now: Date;
}

/** @param conclude what the end of the container means */
export function jobState<R>(
  { job, pod, container, policy, now }: JobSeen,
  conclude: (terminated: Terminated) => JobState<R>,
): JobState<R> {
  const { terminated, waiting } = pod?.status?.containerStatuses?.find(({ name }) => name === container)?.state ?? {};
  const failed = job.status?.conditions?.find(({ type, status }) => type === 'Failed' && status === 'True');
  if (failed?.reason === 'DeadlineExceeded') {
    return lost('Deadline', `the pod did not end within ${policy.activeDeadlineSeconds} s`);
  }
  if (terminated !== undefined) return conclude(terminated);
  if (failed !== undefined || pod?.status?.phase === 'Failed') {
    return lost(
      'MoverLost',
      `the pod was lost before it ended: ${pod?.status?.message ?? failed?.message ?? 'it is gone'}`,
    );
  }
  if (pod?.status?.phase === 'Running') return { kind: 'running', pod };
  const message = whyNotStarted(pod, waiting);
  const since = Date.parse(job.metadata.creationTimestamp ?? now.toISOString());
  const waited = (now.getTime() - since) / 1000;
  if (waited > policy.podStartupDeadlineSeconds) {
    return lost('Unschedulable', `the pod did not start within ${policy.podStartupDeadlineSeconds} s: ${message}`);
  }
  return { kind: 'starting', message };
}

function whyNotStarted(pod: Pod | undefined, waiting: { reason?: string; message?: string } | undefined): string {
  if (pod === undefined) return 'it has not been made yet';
  if (waiting?.message !== undefined) return `${waiting.reason ?? 'Waiting'}: ${waiting.message}`;
  const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False') return `no node takes it: ${scheduled.message ?? scheduled.reason ?? 'unknown'}`;
  return waiting?.reason ?? 'it is being started';
}

function readResult(message: string | undefined): MoverResult | undefined {
  if (message === undefined) return undefined;
  try {
    const result = moverResult.safeParse(JSON.parse(message));
    return result.success ? result.data : undefined;
  } catch {
    return undefined;
  }
}

function lost(failure: MoverFailure['class'], message: string): Lost {
  return { kind: 'lost', failure: { class: failure, message, retryable: true } };
}
