/** What the Secrets and ConfigMaps hold that a BackupStore names. Read by name at each use, kept nowhere. */
import { credentialFiles } from '#contracts/mover/files.ts';
import { repositoryOf } from '#contracts/store/location.ts';
import { ConfigMap, Secret } from '#runtime/client/kinds.ts';
import { DokkerrError } from '#runtime/errors.ts';
import type { StoreAccess } from '#stores/access.ts';
import type { BackupStoreScope } from './scope.ts';

/** Milliseconds between looks for what is missing: Secrets and ConfigMaps are not watched. */
const recheckMissing = 5_000;

/** @throws DKR_DEPENDENCY_MISSING naming the object and the key that is not there */
export async function readAccess(scope: BackupStoreScope): Promise<StoreAccess> {
  const { s3 } = scope.store.spec;
  const credentials = await readCredentials(scope);
  const required = (key: string) => credentials.get(key) ?? missingKey('Secret', s3.credentialsRef.name, key);
  const sessionToken = credentials.get(credentialFiles.sessionToken);
  const caBundle = await readBundle(scope);
  return {
    repository: repositoryOf(scope.store),
    credentials: {
      accessKeyId: required(credentialFiles.accessKeyId),
      secretAccessKey: required(credentialFiles.secretAccessKey),
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
    ...(caBundle === undefined ? {} : { caBundle }),
  };
}

/** The values of the Secret as text. */
async function readCredentials({ pass, namespace, store }: BackupStoreScope): Promise<ReadonlyMap<string, string>> {
  const { name } = store.spec.s3.credentialsRef;
  const secret = await pass.client.get(Secret, { namespace, name });
  if (secret === undefined) {
    throw missing(
      `spec.s3.credentialsRef names Secret ${name}, which does not exist in namespace ${namespace}; create it, or correct the name`,
    );
  }
  return new Map(
    Object.entries(secret.data ?? {}).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString('utf8').trim(),
    ]),
  );
}

async function readBundle({ pass, namespace, store }: BackupStoreScope): Promise<string | undefined> {
  const { caBundleRef } = store.spec.s3;
  if (caBundleRef === undefined) return undefined;
  const { name, key } = caBundleRef;
  const bundle = await pass.client.get(ConfigMap, { namespace, name });
  if (bundle === undefined) {
    throw missing(
      `spec.s3.caBundleRef names ConfigMap ${name}, which does not exist in namespace ${namespace}; create it, or correct the name`,
    );
  }
  return bundle.data?.[key] ?? missingKey('ConfigMap', name, key);
}

function missingKey(kind: string, name: string, key: string): never {
  throw missing(`${kind} ${name} has no key ${key}; add it`);
}

function missing(message: string): DokkerrError {
  return new DokkerrError('DKR_DEPENDENCY_MISSING', message, { retryAfterMs: recheckMissing });
}
