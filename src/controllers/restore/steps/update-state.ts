/** UpdateState: what was brought back, in one line. */
import { done, type RunStep } from '#runtime/itinerary/types.ts';
import { type RestoreScope, resolvedOf } from '../scope.ts';

export const updateState: RunStep<RestoreScope> = {
  name: 'UpdateState',
  run: async (_, entry) => {
    const { backup, pointInTime, volumes = [] } = resolvedOf(entry);
    const claims = volumes.map(({ claim }) => claim).join(', ');
    return done(
      backup === undefined
        ? `${claims} restored`
        : `${claims} restored to ${backup} of ${pointInTime ?? 'unknown time'}`,
    );
  },
};
