/**
 * EnsureKey: the repository's password. A random one for each store from the first day, never written over, never made
 * anew once a repository was encrypted with it, and not deleted with the store.
 */
import { randomBytes } from 'node:crypto';
import { passwordFile } from '#contracts/mover/files.ts';
import { storeLabel } from '#contracts/mover/job.ts';
import { keySecretOf } from '#contracts/store/location.ts';
import { Secret } from '#runtime/client/kinds.ts';
import { apiVersionOf } from '#runtime/client/types.ts';
import { managedByLabel } from '#runtime/controller/children.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, type Step, type StepResult } from '#runtime/itinerary/types.ts';
import type { BackupStoreScope } from '../scope.ts';

/** Bytes of randomness: as many as the AES-256 key that restic derives from it has. */
export const passwordBytes = 32;
/** Milliseconds between looks for a Secret that is gone. */
const recheckKey = 5_000;

export const ensureKey: Step<BackupStoreScope> = {
  name: 'EnsureKey',
  run: async (scope) => {
    const { pass, store, namespace } = scope;
    const name = keySecretOf(store);
    const secret = await pass.client.get(Secret, { namespace, name });
    if ((secret?.data?.[passwordFile] ?? '') !== '') return available(name);
    const lost = whyNotMade(scope, name, secret !== undefined);
    if (lost !== undefined) throw new DokkerrError('DKR_REPOSITORY_KEY_MISSING', lost, { retryAfterMs: recheckKey });
    await pass.client.create(Secret, {
      apiVersion: apiVersionOf(Secret),
      kind: Secret.kind,
      metadata: {
        namespace,
        name,
        labels: { [storeLabel]: store.metadata.name, [managedByLabel]: 'dokkerr' },
        annotations: {
          'dokkerr.io/note':
            'the key of all backups in this store: keep a copy outside the cluster, without it nothing can be read',
        },
      },
      type: 'Opaque',
      data: { [passwordFile]: Buffer.from(randomBytes(passwordBytes).toString('base64url')).toString('base64') },
    });
    return available(name);
  },
};

function available(name: string): StepResult {
  return done(`the key is in Secret ${name}`, { keySecret: name });
}

/** Why no key may be made here; undefined when one may. */
function whyNotMade({ store }: BackupStoreScope, name: string, exists: boolean): string | undefined {
  if (exists) return `Secret ${name} has no key called ${passwordFile}; add the password under that name`;
  if (store.spec.encryption.passwordSecretRef !== undefined) {
    return `spec.encryption.passwordSecretRef names Secret ${name}, which does not exist; create it with the key ${passwordFile}`;
  }
  if (store.spec.accessMode === 'ReadOnly') {
    return `Secret ${name} does not exist, and a store that may only be read has its key already; create it with the key ${passwordFile}`;
  }
  if (store.status?.repositoryID !== undefined) {
    return `Secret ${name} is gone, and with another password the backups cannot be read; bring it back from your copy`;
  }
  return undefined;
}
