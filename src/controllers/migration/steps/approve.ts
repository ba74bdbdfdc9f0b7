/** Approve: everything is copied and the application runs; a person says whether to go on. */

import { isReady, whyNotReady } from '#contracts/store/location.ts';
import { done, type RunStep, skip, wait } from '#runtime/itinerary/types.ts';
import { type MigrationScope, storeOf } from '../scope.ts';

/** Milliseconds; whoever lets a month pass has to begin anew. */
const longestWait = 30 * 24 * 3_600_000;

export const approve: RunStep<MigrationScope> = {
  name: 'Approve',
  deadline: () => longestWait,
  run: async (scope, entry) => {
    const { metadata, spec } = scope.migration;
    const isAllowed = !spec.switchOver.requireApproval || spec.switchOver.approved;
    const store = storeOf(scope, entry);
    // Nothing is stopped for the sake of a store that does not answer.
    if (isAllowed && store !== undefined && !isReady(store)) return wait('StoreNotReady', whyNotReady(store));
    if (!spec.switchOver.requireApproval) return skip('spec.switchOver.requireApproval is false');
    if (isAllowed) return done('approved');
    return wait(
      'AwaitingApproval',
      `everything is copied; to switch over: dokkerr migration approve ${metadata.name} --namespace ${metadata.namespace ?? ''}`,
    );
  },
};
