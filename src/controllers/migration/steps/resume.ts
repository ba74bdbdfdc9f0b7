/** Resume: the application is started with the new volume and has to be ready in time; else everything is undone. */
import { type RunStep, skip } from '#runtime/itinerary/types.ts';
import { leavesNamespace, type MigrationScope, resolvedOf } from '../scope.ts';
import { readyDeadline, startAndAwait } from './readiness.ts';

export const resume: RunStep<MigrationScope> = {
  name: 'Resume',
  effect: true,
  deadline: ({ migration: { spec } }) => readyDeadline(spec.switchOver.readyWithin),
  run: async (scope, entry) => {
    const { volumes = [], workloads = [] } = resolvedOf(entry);
    if (scope.migration.spec.mode === 'StageOnly' || workloads.length === 0) return skip('nothing was stopped');
    const [gone] = volumes.filter((volume) => leavesNamespace(volume, scope.namespace));
    if (gone !== undefined) {
      return skip(`the data is in namespace ${gone.target.namespace} now: start there what is to use it`);
    }
    return startAndAwait(scope, entry, { within: scope.migration.spec.switchOver.readyWithin, list: 'Forward' });
  },
};
