/** Quiesce: the application stops; from here on it stands still. */
import { stopDeadline } from '#contracts/workload/stop.ts';
import { type RunStep, skip } from '#runtime/itinerary/types.ts';
import type { MigrationScope } from '../scope.ts';
import { isHeld } from './hold.ts';
import { stopAll } from './stopping.ts';

export const quiesce: RunStep<MigrationScope> = {
  name: 'Quiesce',
  effect: true,
  deadline: () => stopDeadline,
  run: async (scope, entry) => {
    if (scope.migration.spec.mode === 'StageOnly') return skip('mode StageOnly stops nothing');
    if (isHeld(scope)) return skip('it stands still already');
    return stopAll(scope, entry);
  },
};
