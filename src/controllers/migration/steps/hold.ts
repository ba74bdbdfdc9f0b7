/** Hold: with a transform the application stops before the backup, for what it wrote later would not be transformed. */
import { stopDeadline } from '#contracts/workload/stop.ts';
import { type RunStep, skip } from '#runtime/itinerary/types.ts';
import type { MigrationScope } from '../scope.ts';
import { stopAll } from './stopping.ts';

export const hold: RunStep<MigrationScope> = {
  name: 'Hold',
  effect: true,
  deadline: () => stopDeadline,
  run: async (scope, entry) => {
    const { transform, mode } = scope.migration.spec;
    if (transform === undefined) return skip('the application goes on while its data is copied');
    if (mode === 'StageOnly') return skip('mode StageOnly stops nothing');
    return stopAll(scope, entry);
  },
};

/** Whether the application stands still from Hold on. */
export function isHeld({ migration: { spec } }: MigrationScope): boolean {
  return spec.transform !== undefined && spec.mode === 'Full';
}
