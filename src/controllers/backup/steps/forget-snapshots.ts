/** ForgetSnapshots, before a deleted Backup goes: takes its snapshots out of the store, if its deletion policy says so. */
import { failedAttempt } from '#contracts/mover/attempt.ts';
import { runMover } from '#contracts/mover/run.ts';
import { asDokkerrError } from '#runtime/errors.ts';
import { effectName } from '#runtime/itinerary/effect-name.ts';
import { done, type Step, type StepResult, skip, wait } from '#runtime/itinerary/types.ts';
import type { BackupScope } from '../scope.ts';

export const forgetSnapshots: Step<BackupScope> = {
  name: 'ForgetSnapshots',
  run: async (scope) => {
    const { backup } = scope;
    if (backup.spec.deletionPolicy === 'Retain') return skip('deletionPolicy is Retain: the data stays in the store');
    const snapshotIDs = (backup.status?.volumes ?? []).flatMap(({ snapshotID }) => snapshotID ?? []);
    if (snapshotIDs.length === 0) return skip('nothing of it is in the store');
    if (scope.store === undefined) return skip('the BackupStore is gone: the data stays where it is');
    try {
      return await forget(scope, scope.store, snapshotIDs);
    } catch (thrown) {
      // In a namespace that is going nothing can be made any more; holding it back would not help the data.
      const error = asDokkerrError(thrown);
      if (error.code === 'DKR_API_FORBIDDEN' || error.code === 'DKR_API_NOT_FOUND') return skip(error.message);
      throw error;
    }
  },
};

async function forget(
  { pass, backup, image }: BackupScope,
  store: NonNullable<BackupScope['store']>,
  snapshotIDs: string[],
): Promise<StepResult> {
  const name = effectName(backup.metadata.uid ?? '', 'Forget', 0);
  const request = { operation: 'forget', snapshotIDs } as const;
  const state = await runMover(pass, { name, store, request, policy: backup.spec.runPolicy }, image);
  switch (state.kind) {
    case 'starting':
    case 'running':
      return wait('Forgetting', `${snapshotIDs.length} snapshots are taken out of the store`);
    case 'lost':
      return failedAttempt(state.failure, 0, 1);
    case 'ended':
      return state.result.failure === undefined ? done() : failedAttempt(state.result.failure, 0, 1);
  }
}
