/** Verify: old and new volume were found the same, and the user's program looks at the new one, before anything is switched over. */
import { counted, formatBytes } from '#contracts/text/figures.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type RunStep, type StepResult, skip } from '#runtime/itinerary/types.ts';
import { type MigrationScope, resolvedOf } from '../scope.ts';
import { programsDeadline, runPrograms } from '../transfer/programs.ts';
import type { Verification } from '../transfer/verification.ts';

export const verify: RunStep<MigrationScope> = {
  name: 'Verify',
  effect: true,
  deadline: ({ migration: { spec } }) => programsDeadline(spec.verify.job === undefined ? [] : [spec.verify.job], spec),
  run: async (scope, entry) => {
    const { mode, transform, verify: wanted } = scope.migration.spec;
    const isAlike = mode === 'Full' && transform === undefined;
    const compared = isAlike ? judged(resolvedOf(entry).verification) : undefined;
    if (compared?.kind === 'fail') return compared;
    if (wanted.job === undefined) return compared ?? skip(whyNot(mode));
    const programs = [{ name: 'verify', check: wanted.job }];
    const ended = await runPrograms(scope, entry, { programs, writable: false, reason: 'VerificationFailed' });
    return ended.kind === 'done' && compared !== undefined ? compared : ended;
  },
};

/** What Synchronise left: without a proof nothing is switched over. */
function judged(verification: Verification | undefined): StepResult {
  if (verification?.result !== 'Passed') {
    const message = 'no mover has proved that the volumes are the same';
    return fail(new DokkerrError('DKR_RUN_FAILED', message, { reason: 'VerificationFailed' }));
  }
  const { filesCompared, bytesRead } = verification;
  return done(`${counted(filesCompared, 'name')} the same in both volumes, ${formatBytes(bytesRead)} of content read`);
}

function whyNot(mode: 'Full' | 'StageOnly'): string {
  return mode === 'Full'
    ? 'the transformed data is not meant to be the same; spec.verify.job names no program'
    : 'every byte was read back as it was backed up; spec.verify.job names no program';
}
