/** Stop, of the way back: what the run has under way ends, and nobody uses a claim that is about to be taken away. */
import { removeOwnMovers } from '#contracts/mover/run.ts';
import { podsUsing } from '#contracts/pod/users.ts';
import { recheckPods, stopDeadline } from '#contracts/workload/stop.ts';
import { Backup } from '#crds/backup.ts';
import { keyOf } from '#runtime/client/types.ts';
import { done, type RunStep, type StepEntry, type StepResult, skip, wait } from '#runtime/itinerary/types.ts';
import { keepsClaim, type MigrationScope, resolvedOf } from '../scope.ts';
import { stopAll } from '../steps/stopping.ts';
import { ownBackups } from '../transfer/own-backups.ts';
import { undoOf } from './detect.ts';

export const stop: RunStep<MigrationScope> = {
  name: 'Stop',
  effect: true,
  deadline: () => stopDeadline,
  run: async (scope, entry) => {
    const { isLeft, isSwitched } = undoOf(resolvedOf(entry));
    const ended = await endTransfers(scope);
    if (ended.kind === 'wait') return ended;
    if (isLeft || !isSwitched) return skip('no claim is taken away from anybody');
    const stopped = await stopAll(scope, entry);
    return stopped.kind === 'wait' || stopped.kind === 'fail' ? stopped : leftByOthers(scope, entry);
  },
};

async function endTransfers(scope: MigrationScope): Promise<StepResult> {
  const { pass, namespace } = scope;
  const movers = await removeOwnMovers(pass);
  for (const { metadata, status } of ownBackups(scope)) {
    if (status?.outcome === undefined) await pass.children.remove(Backup, { namespace, name: metadata.name });
  }
  return movers === 0 ? done() : wait('Stopping', `${movers} Jobs of this run are going`);
}

/** The new claim may have been taken into use already, under its new name or in its new namespace. */
async function leftByOthers({ pass, namespace }: MigrationScope, entry: StepEntry): Promise<StepResult> {
  const renamed = (resolvedOf(entry).volumes ?? []).filter((volume) => !keepsClaim(volume, namespace));
  for (const { target } of renamed) {
    const [user] = await podsUsing(pass.client, target.namespace, [target.name]);
    if (user !== undefined) {
      return wait('ClaimInUse', `claim ${keyOf(target)} is used by pod ${user.metadata.name}: stop it`, recheckPods);
    }
  }
  return done('nobody uses the claims');
}
