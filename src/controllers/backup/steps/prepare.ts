/**
 * Compress and Encrypt: what one streaming run of the mover does on the way to the store, settled before it begins. Nothing
 * leaves the mover's pod that is not encrypted.
 */
import { keySecretOf } from '#contracts/store/location.ts';
import { Secret } from '#runtime/client/kinds.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type RunStep } from '#runtime/itinerary/types.ts';
import type { BackupScope } from '../scope.ts';

const words = { None: 'not compressed', Auto: 'compressed where that helps', Max: 'compressed as far as possible' };

export const compress: RunStep<BackupScope> = {
  name: 'Compress',
  run: async ({ store }) => done(`data is ${words[store?.spec.compression ?? 'Auto']}`),
};

export const encrypt: RunStep<BackupScope> = {
  name: 'Encrypt',
  run: async ({ store, pass, namespace }) => {
    if (store === undefined) return fail(new DokkerrError('DKR_DEPENDENCY_MISSING', 'the BackupStore was deleted'));
    const name = keySecretOf(store);
    const secret = await pass.client.get(Secret, { namespace, name });
    if (secret === undefined) {
      return fail(
        new DokkerrError('DKR_REPOSITORY_KEY_MISSING', `Secret ${name} with the repository's password is gone`),
      );
    }
    const { keyID } = store.status ?? {};
    return done(keyID === undefined ? 'data is encrypted' : `data is encrypted with key ${keyID}`);
  },
};
