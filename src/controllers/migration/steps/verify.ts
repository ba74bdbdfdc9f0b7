/** Verify: the new volume is proven before anything is switched over. */
import { type RunStep, skip } from '#runtime/itinerary/types.ts';
import type { MigrationScope } from '../scope.ts';
import { programsDeadline, runPrograms } from '../transfer/programs.ts';

export const verify: RunStep<MigrationScope> = {
  name: 'Verify',
  effect: true,
  deadline: ({ migration: { spec } }) => programsDeadline(spec.verify.job === undefined ? [] : [spec.verify.job], spec),
  run: async (scope, entry) => {
    const { job } = scope.migration.spec.verify;
    if (job === undefined) return skip('spec.verify.job names no program');
    const programs = [{ name: 'verify', check: job }];
    return runPrograms(scope, entry, { programs, writable: false, reason: 'VerificationFailed' });
  },
};
