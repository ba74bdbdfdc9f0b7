/**
 * ForgetSnapshots, before a deleted Backup goes: takes its snapshots out of the store, if its deletion policy says so. What
 * a run left there that did not complete was never a backup, and goes in any case.
 */
import { moverError } from '#contracts/mover/error.ts';
import { endExclusive, exclusiveJob, runExclusive } from '#contracts/mover/exclusive.ts';
import type { MoverFailure } from '#contracts/mover/result.ts';
import { heldDeletions } from '#contracts/store/mass-deletion.ts';
import { Backup } from '#crds/backup.ts';
import type { BackupStore } from '#crds/backup-store.ts';
import { asDokkerrError } from '#runtime/errors.ts';
import { done, fail, type Step, type StepResult, skip, wait } from '#runtime/itinerary/types.ts';
import { companions, forgetRequest, isForgotten, tellForgotten } from '../forget-batch.ts';
import type { BackupScope } from '../scope.ts';

/** Milliseconds between looks whether the repository is free; mostly the end of what has it wakes nobody here. */
const recheckTurn = 2_000;

/** Milliseconds between looks whether so many deletions were meant. */
const recheckHeld = 10_000;

export const forgetSnapshots: Step<BackupScope> = {
  name: 'ForgetSnapshots',
  run: async (scope) => {
    const { backup } = scope;
    const completed = backup.status?.outcome === 'Completed';
    if (completed && backup.spec.deletionPolicy === 'Retain') {
      return skip('deletionPolicy is Retain: the data stays in the store');
    }
    if (isForgotten(backup)) return skip('its snapshots were taken out of the store together with others');
    if (!hasStored(backup)) return skip('nothing of it is in the store');
    if (scope.store === undefined) return skip('the BackupStore is gone: the data stays where it is');
    if (scope.store.spec.accessMode === 'ReadOnly') return skip('the store may only be read: the data stays in it');
    const backups = scope.pass.cache.informer(Backup).list(scope.namespace);
    const held = heldDeletions(scope.store, backups);
    if (held.some(({ metadata }) => metadata.uid === backup.metadata.uid)) {
      return wait('MassDeletion', `${held.length} Backups are deleted at once`, recheckHeld);
    }
    try {
      const going = backups.filter((other) => !held.includes(other));
      return await forget(scope, scope.store, companions(going, backup, scope.store));
    } catch (thrown) {
      // In a namespace that is going nothing can be made any more; holding it back would not help the data.
      const error = asDokkerrError(thrown);
      if (error.code === 'DKR_API_FORBIDDEN' || error.code === 'DKR_API_NOT_FOUND') return skip(error.message);
      throw error;
    }
  },
};

/** Whether a mover may have made a snapshot, whatever is known of it. */
function hasStored({ status }: Backup): boolean {
  const isStarted = status?.steps?.some(({ name, state }) => name === 'Store' && state !== 'Pending') === true;
  return isStarted || (status?.volumes ?? []).length > 0;
}

async function forget(
  { pass, backup, image }: BackupScope,
  store: BackupStore,
  others: readonly Backup[],
): Promise<StepResult> {
  const request = forgetRequest(backup, others);
  const state = await runExclusive(pass, Backup, { store, request, policy: backup.spec.runPolicy }, image);
  switch (state.kind) {
    case 'taken':
    case 'starting':
      return wait('Forgetting', `its snapshots are about to be taken out of the store: ${state.message}`, recheckTurn);
    case 'running':
      return wait('Forgetting', 'its snapshots are taken out of the store');
    case 'lost':
      return again(pass, store, state.failure);
    case 'ended':
      if (state.result.failure !== undefined) return again(pass, store, state.result.failure);
      await conclude(pass, store, others);
      return done();
  }
}

async function conclude(pass: BackupScope['pass'], store: BackupStore, others: readonly Backup[]): Promise<void> {
  const job = exclusiveJob(pass.cache, store);
  if (job !== undefined) await tellForgotten(pass, job, others);
  await endExclusive(pass, store);
}

/** The failed Job goes, so that the next look makes another and others get their turn. */
async function again(pass: BackupScope['pass'], store: BackupStore, failure: MoverFailure): Promise<StepResult> {
  await endExclusive(pass, store);
  return fail(moverError(failure));
}
