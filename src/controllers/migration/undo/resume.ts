/** Resume, of the way back: the application runs with the old volume, and is ready. */
import { type RunStep, skip } from '#runtime/itinerary/types.ts';
import { type MigrationScope, resolvedOf } from '../scope.ts';
import { readyDeadline, startAndAwait } from '../steps/readiness.ts';
import { undoOf } from './detect.ts';

export const resumeOld: RunStep<MigrationScope> = {
  name: 'Resume',
  effect: true,
  deadline: readyDeadline,
  run: async (scope, entry) => {
    const { workloads = [] } = resolvedOf(entry);
    if (workloads.length === 0) return skip('nothing was stopped');
    if (undoOf(resolvedOf(entry)).isLeft) return skip('it runs with the new volume');
    return startAndAwait(scope, entry, entry.run.itinerary);
  },
};
