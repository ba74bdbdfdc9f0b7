/** What a check's program said of the data: its exit code, and the end of its log where it said no. Pure. */
import type { Check } from '#crds/run/check.ts';
import type { Job, Pod } from '#runtime/client/kinds.ts';
import { type JobState, jobState } from '../mover/state.ts';
import { checkContainer } from './job.ts';

export interface Verdict {
  readonly exitCode: number;
  /** its last line, if it said anything */
  readonly said: string;
}

/** Seconds; as for movers. */
const podStartupDeadlineSeconds = 300;
/** What a status message takes of a program's words. */
const longestLine = 500;

export function verdictOf(job: Job, pod: Pod | undefined, check: Check, now: Date): JobState<Verdict> {
  const policy = { activeDeadlineSeconds: check.timeoutSeconds, podStartupDeadlineSeconds };
  return jobState({ job, pod, container: checkContainer, policy, now }, ({ exitCode, message = '' }) => ({
    kind: 'ended',
    result: { exitCode, said: (message.trimEnd().split('\n').at(-1) ?? '').slice(0, longestLine) },
  }));
}
