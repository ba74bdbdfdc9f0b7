/** Verify, of the way back: every claim is bound to its old volume, whatever the steps before have said. */
import { giveBack } from '#contracts/volume/settle.ts';
import { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type RunStep, skip } from '#runtime/itinerary/types.ts';
import { type MigrationScope, resolvedOf, stagedVolume } from '../scope.ts';
import { undoOf } from './detect.ts';

export const verifyOld: RunStep<MigrationScope> = {
  name: 'Verify',
  run: async ({ pass, namespace }, entry) => {
    const resolved = resolvedOf(entry);
    const { isLeft, isSwitched } = undoOf(resolved);
    if (!isSwitched) return skip('no claim was taken away from anybody');
    if (isLeft) {
      // The new volumes are their claims' own from now on, and so is what becomes of them.
      for (const volume of resolved.volumes ?? []) await giveBack(pass.client, stagedVolume(resolved, volume));
      return skip('the switch is done and stays');
    }
    for (const { claim: name, volume } of resolved.volumes ?? []) {
      const claim = await pass.client.get(PersistentVolumeClaim, { namespace, name });
      if (claim?.spec.volumeName !== volume || claim.status?.phase !== 'Bound') {
        const message = `claim ${name} is not bound to volume ${volume}, where its data is; the runbook "a migration stopped half-way" says how to bind it`;
        return fail(new DokkerrError('DKR_RUN_FAILED', message, { reason: 'VerificationFailed' }));
      }
      await giveBack(pass.client, volume);
    }
    return done('every claim is bound to the volume it had');
  },
};
