/** Stop, before anything is undone, and CleanUp, a duty: movers end and go, and claims that were made to be looked at. */
import { removeOwnMovers } from '#contracts/mover/run.ts';
import { done, type RunStep, type StepResult, wait } from '#runtime/itinerary/types.ts';
import { removeScratchClaims } from '../claims.ts';
import { type RestoreScope, resolvedOf } from '../scope.ts';

export const stop: RunStep<RestoreScope> = { name: 'Stop', run: (scope) => endMovers(scope) };

export const cleanUp: RunStep<RestoreScope> = {
  name: 'CleanUp',
  run: async (scope, entry) => {
    const result = await endMovers(scope);
    if (result.kind === 'done') await removeScratchClaims(scope, resolvedOf(entry).volumes ?? []);
    return result;
  },
};

async function endMovers({ pass }: RestoreScope): Promise<StepResult> {
  const left = await removeOwnMovers(pass);
  return left === 0 ? done() : wait('Stopping', `${left} Jobs of this run are going`);
}
