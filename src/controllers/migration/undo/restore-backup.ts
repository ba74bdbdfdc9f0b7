/**
 * RestoreBackup, of the way back: the claims get their old volumes. Nobody has written to these since the workload stopped, so
 * that they are the backup: nothing has to be copied.
 */

import { isMadeBy } from '#contracts/volume/marks.ts';
import { rebind } from '#contracts/volume/rebind.ts';
import { retain } from '#contracts/volume/settle.ts';
import { pointAt } from '#contracts/workload/point-at.ts';
import type { MigratedVolume, RetainedVolume } from '#crds/migration.ts';
import { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { keyOf } from '#runtime/client/types.ts';
import { done, type RunStep, type StepEntry, type StepResult, skip, wait } from '#runtime/itinerary/types.ts';
import {
  keepsClaim,
  leavesNamespace,
  type MigrationScope,
  resolvedOf,
  runName,
  stagedVolume,
  workloadsOf,
} from '../scope.ts';
import { bindDeadline, recheckBound } from '../steps/switch-over.ts';
import { undoOf } from './detect.ts';

export const restoreBackup: RunStep<MigrationScope> = {
  name: 'RestoreBackup',
  effect: true,
  deadline: () => bindDeadline,
  run: async (scope, entry) => {
    const resolved = resolvedOf(entry);
    const { isLeft, isSwitched, hasRun } = undoOf(resolved);
    if (isLeft) return skip('the switch is done and stays');
    if (!isSwitched) return skip('every claim has its old volume');
    const { volumes = [] } = resolved;
    for (const volume of volumes) {
      const open = keepsClaim(volume, scope.namespace)
        ? await giveOldVolume(scope, entry, volume)
        : await takeNewClaim(scope, entry, volume);
      if (open !== undefined) return open;
    }
    const retained = hasRun ? await keepNew(scope, entry) : [];
    return done('every claim has its old volume again', retained.length === 0 ? {} : { retained });
  },
};

async function giveOldVolume(
  { pass, namespace, ...scope }: MigrationScope,
  entry: StepEntry,
  volume: MigratedVolume,
): Promise<StepResult | undefined> {
  const bound = await rebind(pass.client, {
    claim: { namespace, name: volume.claim },
    volume: volume.volume,
    replaces: [stagedVolume(resolvedOf(entry), volume)],
    migration: runName({ namespace, ...scope }),
  });
  return bound.done ? undefined : wait('Binding', `waiting for ${bound.waitsFor}`, recheckBound);
}

/** The old claim was never touched: what was pointed away from it comes back, and the new claim goes. */
async function takeNewClaim(
  scope: MigrationScope,
  entry: StepEntry,
  volume: MigratedVolume,
): Promise<StepResult | undefined> {
  const { client } = scope.pass;
  if (!leavesNamespace(volume, scope.namespace)) {
    for (const workload of workloadsOf(scope, entry)) {
      await pointAt(client, workload, volume.target.name, volume.claim);
    }
  }
  const claim = await client.get(PersistentVolumeClaim, volume.target);
  if (claim === undefined || !isMadeBy(claim, runName(scope))) return undefined;
  if (claim.metadata.deletionTimestamp === undefined) {
    const { uid } = claim.metadata;
    await client.delete(PersistentVolumeClaim, volume.target, uid === undefined ? {} : { uid });
  }
  return wait('Binding', `claim ${keyOf(volume.target)} is going`, recheckBound);
}

/** What the application wrote to the new volumes is nowhere else. */
async function keepNew(scope: MigrationScope, entry: StepEntry): Promise<RetainedVolume[]> {
  const resolved = resolvedOf(entry);
  const kept: RetainedVolume[] = [];
  for (const volume of resolved.volumes ?? []) {
    const name = stagedVolume(resolved, volume);
    if ((await retain(scope.pass.client, name)) === 'gone') continue;
    kept.push({ name, claim: keyOf(volume.target), reason: 'it has what the application wrote since the switch' });
  }
  return kept;
}
