/** Transform: the backup is written into the new volumes, and the user's programs change it there, one after the other. */
import { counted } from '#contracts/text/figures.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type RunStep, skip } from '#runtime/itinerary/types.ts';
import { type MigrationScope, resolvedOf } from '../scope.ts';
import { fill } from '../transfer/fill.ts';
import { programsDeadline, runPrograms } from '../transfer/programs.ts';
import { stagedVolumes } from '../transfer/staging.ts';
import { transferDeadline } from './load.ts';

export const transform: RunStep<MigrationScope> = {
  name: 'Transform',
  effect: true,
  deadline: ({ migration: { spec } }) => transferDeadline(spec) + programsDeadline(spec.transform ?? [], spec),
  run: async (scope, entry) => {
    const programs = scope.migration.spec.transform;
    if (programs === undefined) return skip('spec.transform names no program');
    const { backup: name, volumes = [] } = resolvedOf(entry);
    const backup = scope.backups.find(({ metadata }) => metadata.name === name);
    if (backup === undefined) return fail(new DokkerrError('DKR_RUN_FAILED', `Backup ${name ?? ''} was deleted`));
    // From the start at every attempt: what a program left half done is no ground for the next.
    const filled = await fill(scope, entry, { backup, label: 'fill', overwrite: 'Always' });
    if (filled.kind === 'step') return filled.result;
    const result = await runPrograms(scope, entry, {
      programs: programs.map(({ name: title, ...check }) => ({ name: title, check })),
      writable: true,
      reason: 'TransformFailed',
    });
    if (result.kind !== 'done') return result;
    const staged = await stagedVolumes(scope, volumes);
    return done(`${counted(programs.length, 'program')} changed the staged copy`, { staged });
  },
};
