/** Verify: old and new volume are compared, and the user's program looks at the new one, before anything is switched over. */
import { counted, formatBytes } from '#contracts/text/figures.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type RunStep, type StepResult, skip } from '#runtime/itinerary/types.ts';
import type { MigrationScope } from '../scope.ts';
import { type CompareOutcome, compareVolumes } from '../transfer/compare.ts';
import { programsDeadline, runPrograms } from '../transfer/programs.ts';
import { transferDeadline } from './load.ts';

export const verify: RunStep<MigrationScope> = {
  name: 'Verify',
  effect: true,
  deadline: ({ migration: { spec } }) =>
    transferDeadline(spec) + programsDeadline(spec.verify.job === undefined ? [] : [spec.verify.job], spec),
  run: async (scope, entry) => {
    const { mode, transform, verify: wanted } = scope.migration.spec;
    const isAlike = mode === 'Full' && transform === undefined;
    const compared = isAlike ? await compareVolumes(scope, entry) : undefined;
    if (compared?.kind === 'step') return compared.result;
    if (wanted.job === undefined) return compared === undefined ? skip(whyNot(mode)) : told(compared);
    const programs = [{ name: 'verify', check: wanted.job }];
    const judged = await runPrograms(scope, entry, { programs, writable: false, reason: 'VerificationFailed' });
    return judged.kind === 'done' && compared !== undefined ? told(compared) : judged;
  },
};

function told({ verification, warnings }: Extract<CompareOutcome, { kind: 'same' }>): StepResult {
  const { result, filesCompared, bytesRead } = verification;
  if (result !== 'Passed') {
    const message = 'a mover did not prove that the volumes are the same';
    return fail(new DokkerrError('DKR_RUN_FAILED', message, { reason: 'VerificationFailed' }));
  }
  const message = `${counted(filesCompared, 'name')} the same in both volumes, ${formatBytes(bytesRead)} of content read`;
  return done([message, ...warnings].join('; '), { verification });
}

function whyNot(mode: 'Full' | 'StageOnly'): string {
  return mode === 'Full'
    ? 'the transformed data is not meant to be the same; spec.verify.job names no program'
    : 'every byte was read back as it was backed up; spec.verify.job names no program';
}
