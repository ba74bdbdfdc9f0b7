/** The movers of one step, one for each claim: all run side by side, and together they are done, under way, or failed. */
import type { Progress } from '#crds/run/progress.ts';
import type { KubernetesObject } from '#runtime/client/types.ts';
import type { Pass } from '#runtime/controller/types.ts';
import { type StepResult, wait } from '#runtime/itinerary/types.ts';
import { counted } from '../text/figures.ts';
import { failedAttempt } from './attempt.ts';
import type { MoverRun } from './job.ts';
import { readProgress, sumProgress } from './progress-log.ts';
import type { MoverFailure, MoverResult } from './result.ts';
import { runMover } from './run.ts';
import type { MoverState } from './state.ts';

/** Milliseconds between two looks at a transfer under way: more would be writes that nobody reads. */
const progressInterval = 5_000;

export interface Movers {
  readonly runs: readonly MoverRun[];
  /** the operator's own */
  readonly image: string;
  /** how many attempts of this step have failed before */
  readonly attempt: number;
  /** what has been done to a claim once its mover has ended: `stored` */
  readonly done: string;
}

export type MoversOutcome =
  /** in the order of the runs */
  | { readonly kind: 'ended'; readonly results: readonly MoverResult[] }
  /** what the step has to say until then, or instead */
  | { readonly kind: 'step'; readonly result: StepResult; readonly progress?: Progress };

export async function runMovers<T extends KubernetesObject>(pass: Pass<T>, movers: Movers): Promise<MoversOutcome> {
  const { runs, image, attempt } = movers;
  const states: MoverState[] = [];
  for (const run of runs) states.push(await runMover(pass, run, image));
  const failure = states.map(failureOf).find((found) => found !== undefined);
  if (failure !== undefined) {
    return { kind: 'step', result: failedAttempt(failure, attempt, runs[0]?.policy.backoffLimit ?? 0) };
  }
  const results = states.flatMap((state) => (state.kind === 'ended' ? [state.result] : []));
  return results.length === runs.length ? { kind: 'ended', results } : underWay(pass, states, movers.done);
}

function failureOf(state: MoverState): MoverFailure | undefined {
  if (state.kind === 'lost') return state.failure;
  return state.kind === 'ended' ? state.result.failure : undefined;
}

async function underWay<T extends KubernetesObject>(
  pass: Pass<T>,
  states: readonly MoverState[],
  done: string,
): Promise<MoversOutcome> {
  const running = states.filter((state) => state.kind === 'running');
  const progresses = await Promise.all(running.map(({ pod }) => readProgress(pass, pod)));
  const progress = sumProgress(progresses.filter((one) => one !== undefined));
  const starting = states.find((state) => state.kind === 'starting');
  const ended = states.filter((state) => state.kind === 'ended').length;
  const result =
    starting === undefined
      ? wait('Moving', `${ended} of ${counted(states.length, 'claim')} ${done}`, progressInterval)
      : wait('MoverStarting', `a mover is starting: ${starting.message}`, progressInterval);
  return { kind: 'step', result, ...(progress === undefined ? {} : { progress }) };
}
