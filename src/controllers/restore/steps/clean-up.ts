/** Stop, before anything is undone, and CleanUp, a duty: movers end and go. */
import { removeOwnMovers } from '#contracts/mover/run.ts';
import { done, type RunStep, type StepResult, wait } from '#runtime/itinerary/types.ts';
import type { RestoreScope } from '../scope.ts';

export const stop: RunStep<RestoreScope> = { name: 'Stop', run: (scope) => endMovers(scope) };

export const cleanUp: RunStep<RestoreScope> = { name: 'CleanUp', run: (scope) => endMovers(scope) };

async function endMovers({ pass }: RestoreScope): Promise<StepResult> {
  const left = await removeOwnMovers(pass);
  return left === 0 ? done() : wait('Stopping', `${left} Jobs of this run are going`);
}
