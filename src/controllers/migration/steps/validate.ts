/** Validate: the user's programs judge what was transformed; unless each exits with 0 nothing is switched over. */
import { type RunStep, skip } from '#runtime/itinerary/types.ts';
import type { MigrationScope } from '../scope.ts';
import { programsDeadline, runPrograms } from '../transfer/programs.ts';

export const validate: RunStep<MigrationScope> = {
  name: 'Validate',
  effect: true,
  deadline: ({ migration: { spec } }) => programsDeadline(spec.validate ?? [], spec),
  run: async (scope, entry) => {
    const programs = scope.migration.spec.validate;
    if (programs === undefined) return skip('spec.validate names no program');
    return runPrograms(scope, entry, {
      programs: programs.map(({ name, ...check }) => ({ name, check })),
      writable: false,
      reason: 'VerificationFailed',
    });
  },
};
