/** The Secret with a repository's password, as it is read and changed while the key is replaced. Pure. */
import { passwordFile } from '#contracts/mover/files.ts';
import { nextPasswordKey } from '#contracts/mover/job.ts';
import type { Secret } from '#runtime/client/kinds.ts';
import { rfc3339 } from '#runtime/controller/conditions.ts';
import type { KeySecretState } from './decide.ts';

const previousPasswordKey = 'previousPassword';
const annotations = {
  request: 'dokkerr.io/rotation-request',
  keyID: 'dokkerr.io/key-id',
  previousKeyID: 'dokkerr.io/previous-key-id',
  replacedAt: 'dokkerr.io/replaced-at',
} as const;

/** A merge patch that only fits the Secret it was made for. */
type SecretPatch = Record<string, unknown>;

export function readState({ metadata, data = {} }: Secret): KeySecretState {
  const told = metadata.annotations ?? {};
  const { [annotations.request]: request, [annotations.previousKeyID]: keyID, [annotations.replacedAt]: at } = told;
  const isKept = data[previousPasswordKey] !== undefined && keyID !== undefined && at !== undefined;
  return {
    hasNext: data[nextPasswordKey] !== undefined,
    ...(request === undefined ? {} : { request }),
    ...(isKept ? { previous: { keyID, replacedAt: new Date(at) } } : {}),
  };
}

/** Which of the repository's keys the password is, where it was replaced once. */
export function keyIDOf({ metadata }: Secret): string | undefined {
  return metadata.annotations?.[annotations.keyID];
}

/** @param password base64 */
export function withNext(secret: Secret, request: string, password: string): SecretPatch {
  return guarded(secret, { [annotations.request]: request }, { [nextPasswordKey]: password });
}

/** The next one becomes the one in use, and that one the one before: in one piece. */
export function withNextInUse(secret: Secret, keyID: string, previousKeyID: string, now: Date): SecretPatch {
  const { [passwordFile]: inUse, [nextPasswordKey]: next } = secret.data ?? {};
  return guarded(
    secret,
    {
      [annotations.keyID]: keyID,
      [annotations.previousKeyID]: previousKeyID,
      [annotations.replacedAt]: rfc3339(now),
    },
    { [passwordFile]: next ?? null, [previousPasswordKey]: inUse ?? null, [nextPasswordKey]: null },
  );
}

export function withoutPrevious(secret: Secret): SecretPatch {
  return guarded(
    secret,
    { [annotations.previousKeyID]: null, [annotations.replacedAt]: null },
    { [previousPasswordKey]: null },
  );
}

function guarded(
  { metadata: { resourceVersion } }: Secret,
  changed: Readonly<Record<string, string | null>>,
  data: Readonly<Record<string, string | null>>,
): SecretPatch {
  const guard = resourceVersion === undefined ? {} : { resourceVersion };
  return { metadata: { ...guard, annotations: changed }, data };
}
