/** Check: the user's own program looks at what was restored; unless it exits with 0 the restore has failed. */
import { buildCheckJob } from '#contracts/check/job.ts';
import { type Verdict, verdictOf } from '#contracts/check/verdict.ts';
import { failedAttempt } from '#contracts/mover/attempt.ts';
import { podOf } from '#contracts/mover/watch.ts';
import { Job } from '#runtime/client/kinds.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type RunStep, type StepResult, skip, wait } from '#runtime/itinerary/types.ts';
import { type RestoreScope, resolvedOf } from '../scope.ts';

/** Milliseconds over the program's own limit: for its pod to be scheduled, and its image to be pulled. */
const startup = 600_000;

export const check: RunStep<RestoreScope> = {
  name: 'Check',
  effect: true,
  deadline: ({ restore: { spec } }) =>
    (spec.runPolicy.backoffLimit + 1) * ((spec.verify.job?.timeoutSeconds ?? 0) * 1000 + startup),
  run: async ({ restore, pass }, entry) => {
    const { verify, target, runPolicy } = restore.spec;
    if (verify.job === undefined) return skip('spec.verify.job names no program');
    const name = entry.effectName;
    const job = pass.children.get(Job, name);
    if (job === undefined) {
      const { volumes = [], runAs } = resolvedOf(entry);
      const claims = volumes.map(({ claim, scratchOf }) => ({ claim, of: scratchOf ?? claim }));
      const writable = target.scratch !== undefined;
      await pass.children.apply(Job, buildCheckJob({ name, check: verify.job, claims, writable, runAs }));
      return wait('Checking', `${verify.job.image} is starting`);
    }
    const state = verdictOf(job, podOf(pass.cache, job), verify.job, pass.now());
    switch (state.kind) {
      case 'starting':
        return wait('Checking', `${verify.job.image} is starting: ${state.message}`);
      case 'running':
        return wait('Checking', `${verify.job.image} looks at the data`);
      case 'lost':
        return failedAttempt(state.failure, entry.attempt, runPolicy.backoffLimit);
      case 'ended':
        return judged(verify.job.image, state.result);
    }
  },
};

function judged(image: string, { exitCode, said }: Verdict): StepResult {
  if (exitCode === 0) return done(`${image} found nothing wrong`);
  const words = said === '' ? 'and said nothing' : `and said: ${said}`;
  const message = `${image} refused the restored data: it exited with code ${exitCode} ${words}`;
  return fail(new DokkerrError('DKR_RUN_FAILED', message, { reason: 'VerificationFailed' }));
}
