/** SwitchOver: the claims get the new volumes, and what names a claim of another name is pointed at it. */

import { removeOwnMovers } from '#contracts/mover/run.ts';
import { counted } from '#contracts/text/figures.ts';
import { rebind } from '#contracts/volume/rebind.ts';
import { type ClaimShape, changedShape, independentShape, recordedClaim, shapeOf } from '#contracts/volume/shape.ts';
import { pointAt } from '#contracts/workload/point-at.ts';
import type { MigratedVolume } from '#crds/migration.ts';
import { PersistentVolume, PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type RunStep, type StepEntry, type StepResult, wait } from '#runtime/itinerary/types.ts';
import {
  keepsClaim,
  leavesNamespace,
  type MigrationScope,
  resolvedOf,
  runName,
  stagedVolume,
  workloadsOf,
} from '../scope.ts';
import { movedMeanwhile } from './stopping.ts';

/** Milliseconds between looks whether Kubernetes has bound a claim, which no watch of ours sees. */
export const recheckBound = 500;
/** Milliseconds; Kubernetes binds within seconds, and a claim goes as soon as no pod has it. */
export const bindDeadline = 900_000;

export const switchOver: RunStep<MigrationScope> = {
  name: 'SwitchOver',
  effect: true,
  deadline: () => bindDeadline,
  run: async (scope, entry) => {
    if (scope.migration.spec.mode === 'Full') {
      const moved = await movedMeanwhile(scope, entry);
      if (moved !== undefined) return fail(moved);
    }
    // Kubernetes lets no claim go that a pod names, though it has ended.
    const movers = await removeOwnMovers(scope.pass);
    if (movers > 0) return wait('Binding', `${movers} Jobs of this run are going`, recheckBound);
    const { volumes = [] } = resolvedOf(entry);
    for (const volume of volumes) {
      const open = await giveVolume(scope, entry, volume);
      if (open !== undefined) return open;
    }
    for (const volume of volumes) await repoint(scope, entry, volume);
    return done(`${counted(volumes.length, 'claim')} switched over to the new volume`);
  },
};

/** Undefined once the claim is bound to the new volume. */
async function giveVolume(
  scope: MigrationScope,
  entry: StepEntry,
  volume: MigratedVolume,
): Promise<StepResult | undefined> {
  const isSame = keepsClaim(volume, scope.namespace);
  const bound = await rebind(scope.pass.client, {
    claim: volume.target,
    volume: stagedVolume(resolvedOf(entry), volume),
    shape: await shapeInTheEnd(scope, volume),
    replaces: isSame ? [volume.volume] : [],
    migration: runName(scope),
  });
  return bound.done ? undefined : wait('Binding', `waiting for ${bound.waitsFor}`, recheckBound);
}

async function shapeInTheEnd(scope: MigrationScope, volume: MigratedVolume): Promise<ClaimShape> {
  const { storageClassName, accessModes, storage } = volume;
  const changes = { migration: runName(scope), storageClassName, accessModes, storage };
  const before = await shapeBefore(scope, volume);
  return keepsClaim(volume, scope.namespace) ? changedShape(before, changes) : independentShape(before, changes);
}

/** Of the claim while it has its old volume, else as that volume remembers it. */
async function shapeBefore(
  { pass: { client }, namespace }: MigrationScope,
  volume: MigratedVolume,
): Promise<ClaimShape> {
  const claim = await client.get(PersistentVolumeClaim, { namespace, name: volume.claim });
  if (claim?.spec.volumeName === volume.volume) return shapeOf(claim);
  const old = await client.get(PersistentVolume, { name: volume.volume });
  const recorded = old === undefined ? undefined : recordedClaim(old);
  if (recorded !== undefined) return recorded.shape;
  throw new DokkerrError('DKR_RUN_FAILED', `claim ${volume.claim} was deleted before it could be switched over`);
}

async function repoint(scope: MigrationScope, entry: StepEntry, volume: MigratedVolume): Promise<void> {
  const { namespace, pass, migration } = scope;
  const isNamedAnew = migration.spec.mode === 'Full' && !leavesNamespace(volume, namespace);
  if (!isNamedAnew || volume.target.name === volume.claim) return;
  for (const workload of workloadsOf(scope, entry)) {
    await pointAt(pass.client, workload, volume.claim, volume.target.name);
  }
}
