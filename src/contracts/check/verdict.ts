/** What a check's program said of the data: its exit code, and the end of its log where it said no. Pure. */
import type { Check } from '#crds/run/check.ts';
import type { Job, Pod } from '#runtime/client/kinds.ts';
import { type JobState, jobState } from '../mover/state.ts';
import { checkContainer } from './job.ts';

export interface Verdict {
  readonly exitCode: number;
  /** its last line, if it said anything */
  readonly said: string;
  /** its last lines */
  readonly tail: string;
}

/** Seconds; as for movers. */
const usualStartup = 300;
/** What a status message takes of a program's words. */
const longestLine = 500;
const longestTail = 1500;
const linesOfTail = 10;

interface Limits extends Pick<Check, 'timeoutSeconds'> {
  /** seconds its pod may take to start */
  readonly podStartupDeadlineSeconds?: number;
}

export function verdictOf(job: Job, pod: Pod | undefined, limits: Limits, now: Date): JobState<Verdict> {
  const { timeoutSeconds: activeDeadlineSeconds, podStartupDeadlineSeconds = usualStartup } = limits;
  const policy = { activeDeadlineSeconds, podStartupDeadlineSeconds };
  return jobState({ job, pod, container: checkContainer, policy, now }, ({ exitCode, message = '' }) => {
    const lines = message.trimEnd().split('\n');
    return {
      kind: 'ended',
      result: {
        exitCode,
        said: (lines.at(-1) ?? '').slice(0, longestLine),
        tail: lines.slice(-linesOfTail).join('\n').slice(-longestTail),
      },
    };
  });
}
