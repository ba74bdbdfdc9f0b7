/** Decrypt: the key that opened the repository just now is the one the movers get. */
import { keySecretOf } from '#contracts/store/location.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type RunStep } from '#runtime/itinerary/types.ts';
import { type RestoreScope, storeOf } from '../scope.ts';

export const decrypt: RunStep<RestoreScope> = {
  name: 'Decrypt',
  run: async (scope, entry) => {
    const store = storeOf(scope, entry);
    return store === undefined
      ? fail(new DokkerrError('DKR_DEPENDENCY_MISSING', 'the BackupStore was deleted'))
      : done(`decrypted with the key in Secret ${keySecretOf(store)}`);
  },
};
