/** RotateKey for a password in a Secret of the user's own: what they have to write there is told, and nothing is written. */
import { passwordFile } from '#contracts/mover/files.ts';
import { nextPasswordKey } from '#contracts/mover/job.ts';
import type { Secret } from '#runtime/client/kinds.ts';
import { rfc3339 } from '#runtime/controller/conditions.ts';
import type { StepResult } from '#runtime/itinerary/types.ts';
import type { BackupStoreScope } from '../scope.ts';
import { nextGivenRotation } from './decide-given.ts';
import { changeKeys, clearAway, settled, told } from './key-mover.ts';

/** Milliseconds between looks at a Secret, which nobody watches. */
const recheckSecret = 15_000;

export async function rotateGiven(
  scope: BackupStoreScope,
  { metadata: { name }, data = {} }: Secret,
  keepPreviousForMs: number,
): Promise<StepResult> {
  const { pass, store } = scope;
  const rotation = settled(store.status?.rotation ?? {});
  const { nextKeyID, previousKeyID, replacedAt, handledRequest } = rotation;
  const { [passwordFile]: inUse, [nextPasswordKey]: next } = data;
  const wait = async (underWay: string, recheckAfter = recheckSecret) => {
    await clearAway(scope);
    return told({ rotation: { ...rotation, underWay }, recheckAfter });
  };
  const action = nextGivenRotation({
    requested: store.spec.encryption.rotation?.requestedAt.slice(0, 128),
    handled: handledRequest,
    secret: { hasNext: next !== undefined, isInUse: next === inUse },
    nextKeyID,
    previous:
      previousKeyID === undefined || replacedAt === undefined
        ? undefined
        : { keyID: previousKeyID, replacedAt: new Date(replacedAt) },
    keepPreviousForMs,
    now: pass.now(),
  });
  switch (action.kind) {
    case 'none':
      await clearAway(scope);
      return told({ rotation });
    case 'awaitNext':
      return wait(`write the new password into Secret ${name} as ${nextPasswordKey}, beside the one in use`);
    case 'awaitUse':
      return wait(
        `${nextPasswordKey} opens the repository, too (key ${nextKeyID ?? ''}): make it ${passwordFile} in Secret ${name}, then remove ${nextPasswordKey}`,
      );
    case 'keep': {
      const { keyID, until } = action;
      const left = until.getTime() - pass.now().getTime();
      return wait(`key ${keyID} opens the repository until ${rfc3339(until)}`, left);
    }
    case 'add':
      return changeKeys(scope, { operation: 'addKey' }, async ({ keyID }) => ({
        rotation: { handledRequest: action.request, ...(keyID === undefined ? {} : { nextKeyID: keyID }) },
      }));
    case 'identify':
      return changeKeys(scope, { operation: 'stats' }, async ({ keyID }) => ({
        rotation: retired(rotation, { inUse: keyID, before: store.status?.keyID, now: pass.now() }),
        keyID,
      }));
    case 'remove':
      return changeKeys(scope, { operation: 'removeKey', keyID: action.keyID }, async () => {
        const { previousKeyID: _removed, replacedAt: _at, ...left } = rotation;
        return { rotation: left };
      });
  }
}

/** The key that goes: the one before, or the new one where that was taken back before it was in use, and that at once. */
function retired(
  { nextKeyID, ...left }: ReturnType<typeof settled>,
  found: { readonly inUse: string | undefined; readonly before: string | undefined; readonly now: Date },
): ReturnType<typeof settled> {
  if (nextKeyID === undefined || found.inUse === undefined) return left;
  const isReplaced = found.inUse === nextKeyID;
  const previousKeyID = isReplaced ? found.before : nextKeyID;
  if (previousKeyID === undefined || previousKeyID === found.inUse) return left;
  return { ...left, previousKeyID, replacedAt: rfc3339(isReplaced ? found.now : new Date(0)) };
}
