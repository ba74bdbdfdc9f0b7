/** Approve: everything is copied and the application runs; a person says whether to go on. */
import { done, type RunStep, skip, wait } from '#runtime/itinerary/types.ts';
import type { MigrationScope } from '../scope.ts';

/** Milliseconds; whoever lets a month pass has to begin anew. */
const longestWait = 30 * 24 * 3_600_000;

export const approve: RunStep<MigrationScope> = {
  name: 'Approve',
  deadline: () => longestWait,
  run: async ({ migration: { metadata, spec } }) => {
    if (!spec.switchOver.requireApproval) return skip('spec.switchOver.requireApproval is false');
    if (spec.switchOver.approved) return done('approved');
    return wait(
      'AwaitingApproval',
      `everything is copied; to switch over: dokkerr migration approve ${metadata.name} --namespace ${metadata.namespace ?? ''}`,
    );
  },
};
