/**
 * Walks the steps of a desired-state kind: from the top on every pass, until the first that waits or fails; steps marked
 * independent do not stop the walk. Relies on steps being safe to enter again at any time.
 */
import type { Clock } from '../clock.ts';
import { asDokkerrError, DokkerrError } from '../errors.ts';
import { fail, type Step, type StepResult, type Walk } from './types.ts';

/** Told of every step entered, when it has ended. */
export type StepObserver = (step: { name: string; result: StepResult; seconds: number }) => void;

export interface WalkOptions {
  readonly clock: Clock;
  /** Once aborted, no further step is entered. */
  readonly signal: AbortSignal;
  readonly observe?: StepObserver;
}

/**
 * The results in order. Throws only when `signal` is aborted: what a half-walked list found must not become a status.
 */
export async function walk<S>(steps: readonly Step<S>[], scope: S, options: WalkOptions): Promise<Walk> {
  const results: { name: string; result: StepResult }[] = [];
  let stoppedAt: Walk['stoppedAt'];
  for (const step of steps) {
    const result = await enter(step, scope, options);
    options.signal.throwIfAborted();
    results.push({ name: step.name, result });
    if (result.kind === 'done' || result.kind === 'skip') continue;
    stoppedAt ??= { name: step.name, result };
    if (step.independent !== true) break;
  }
  return { steps: results, stoppedAt };
}

/** One entry into a step; passing its own deadline is `DKR_DEADLINE`. */
async function enter<S>(step: Step<S>, scope: S, options: WalkOptions): Promise<StepResult> {
  return timed(step.name, options, async () => {
    const deadlineMs = step.deadline?.(scope);
    return deadlineMs === undefined ? step.run(scope) : beforeDeadline(step, scope, options.clock, deadlineMs);
  });
}

/** Runs one entry into a step: what it throws is a failure of its class, and the observer is told how it went. */
export async function timed(
  name: string,
  { clock, signal, observe }: WalkOptions,
  run: () => Promise<StepResult>,
): Promise<StepResult> {
  const startedAt = clock.monotonic();
  signal.throwIfAborted();
  const result = await run().catch((thrown: unknown) => fail(asDokkerrError(thrown)));
  observe?.({ name, result, seconds: (clock.monotonic() - startedAt) / 1000 });
  return result;
}

async function beforeDeadline<S>(step: Step<S>, scope: S, clock: Clock, deadlineMs: number): Promise<StepResult> {
  const { promise: expired, resolve } = Promise.withResolvers<StepResult>();
  const cancel = clock.after(deadlineMs, () => {
    resolve(fail(new DokkerrError('DKR_DEADLINE', `${step.name} did not end within ${deadlineMs / 1000} s`)));
  });
  try {
    return await Promise.race([step.run(scope), expired]);
  } finally {
    cancel();
  }
}
