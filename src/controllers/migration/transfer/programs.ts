/** Running the user's programs on the staged data, one after the other: the first that fails is the last. */
import { buildCheckJob } from '#contracts/check/job.ts';
import { type Verdict, verdictOf } from '#contracts/check/verdict.ts';
import { failedAttempt } from '#contracts/mover/attempt.ts';
import { podOf } from '#contracts/mover/watch.ts';
import { counted } from '#contracts/text/figures.ts';
import type { Check } from '#crds/run/check.ts';
import { Job } from '#runtime/client/kinds.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type StepEntry, type StepResult, wait } from '#runtime/itinerary/types.ts';
import { type MigrationScope, resolvedOf } from '../scope.ts';

/** Milliseconds over a program's own limit: for its pod to be scheduled, and its image to be pulled. */
const startup = 600_000;

export interface Programs {
  readonly programs: readonly { readonly name: string; readonly check: Check }[];
  readonly writable: boolean;
  /** CamelCase word for the failure of one */
  readonly reason: 'TransformFailed' | 'VerificationFailed';
}

/** Milliseconds that so many attempts of all of them may take. */
export function programsDeadline(checks: readonly Check[], { runPolicy }: MigrationScope['migration']['spec']): number {
  const all = checks.reduce((sum, { timeoutSeconds }) => sum + timeoutSeconds * 1000 + startup, 0);
  return (runPolicy.backoffLimit + 1) * all;
}

/** Done once every one of them exited with 0. */
export async function runPrograms(scope: MigrationScope, entry: StepEntry, all: Programs): Promise<StepResult> {
  for (const [index, { name, check }] of all.programs.entries()) {
    const result = await runProgram(scope, entry, { name, check, job: `${entry.effectName}-p${index}`, ...all });
    if (result !== undefined) return result;
  }
  return done(`${counted(all.programs.length, 'program')} ran on the staged data and found nothing wrong`);
}

interface ProgramRun extends Omit<Programs, 'programs'> {
  readonly name: string;
  readonly check: Check;
  /** name of its Job */
  readonly job: string;
}

/** Undefined once it has exited with 0. */
async function runProgram(
  { pass, migration }: MigrationScope,
  entry: StepEntry,
  { name, check, job: jobName, writable, reason }: ProgramRun,
): Promise<StepResult | undefined> {
  const title = `${name} (${check.image})`;
  const job = pass.children.get(Job, jobName);
  if (job === undefined) {
    const { volumes = [], runAs } = resolvedOf(entry);
    const claims = volumes.map(({ staging, claim }) => ({ claim: staging, of: claim }));
    await pass.children.apply(Job, buildCheckJob({ name: jobName, check, claims, writable, runAs }));
    return wait('Running', `${title} is starting`);
  }
  const { backoffLimit, podStartupDeadlineSeconds } = migration.spec.runPolicy;
  const state = verdictOf(job, podOf(pass.cache, job), { ...check, podStartupDeadlineSeconds }, pass.now());
  switch (state.kind) {
    case 'starting':
      return wait('Running', `${title} is starting: ${state.message}`);
    case 'running':
      return wait('Running', `${title} works on the staged data`);
    case 'lost':
      return failedAttempt(
        { ...state.failure, message: `${title}: ${state.failure.message}` },
        entry.attempt,
        backoffLimit,
      );
    case 'ended':
      return state.result.exitCode === 0 ? undefined : refused(title, state.result, reason);
  }
}

function refused(title: string, { exitCode, tail }: Verdict, reason: string): StepResult {
  const words = tail === '' ? 'and said nothing' : `and said last: ${tail}`;
  return fail(new DokkerrError('DKR_RUN_FAILED', `${title} exited with code ${exitCode} ${words}`, { reason }));
}
