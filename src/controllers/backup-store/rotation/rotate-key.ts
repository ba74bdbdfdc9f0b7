/** RotateKey: replaces the repository's password when asked to, and lets the old one open it for a while longer. */
import { randomBytes } from 'node:crypto';
import { keySecretOf } from '#contracts/store/location.ts';
import { durationMs } from '#crds/schema/duration.ts';
import { Secret } from '#runtime/client/kinds.ts';
import { rfc3339 } from '#runtime/controller/conditions.ts';
import type { Step, StepResult } from '#runtime/itinerary/types.ts';
import { aside } from '../aside.ts';
import type { BackupStoreScope } from '../scope.ts';
import { passwordBytes } from '../steps/ensure-key.ts';
import { nextRotation } from './decide.ts';
import { changeKeys, clearAway, goOn, settled, told } from './key-mover.ts';
import { rotateGiven } from './rotate-given.ts';
import { keyIDOf, readState, withNext, withNextInUse, withoutPrevious } from './secret.ts';

/** How long the one before is kept where the spec says nothing any more. */
const usuallyKept = '7d';

export const rotateKey: Step<BackupStoreScope> = aside('rotation', {
  name: 'RotateKey',
  run: async (scope) => {
    const { pass, store, namespace } = scope;
    const { rotation, passwordSecretRef } = store.spec.encryption;
    if (store.spec.accessMode === 'ReadOnly' || (rotation === undefined && store.status?.rotation === undefined)) {
      return { kind: 'skip', reason: 'nobody asked for another key' };
    }
    const secret = await pass.client.get(Secret, { namespace, name: keySecretOf(store) });
    if (secret === undefined) return { kind: 'skip', reason: 'there is no key' };
    const keepPreviousForMs = durationMs(rotation?.keepPreviousFor ?? usuallyKept);
    return passwordSecretRef === undefined
      ? rotateGenerated(scope, secret, keepPreviousForMs)
      : rotateGiven(scope, secret, keepPreviousForMs);
  },
});

/** A password that was generated: another one is, into the same Secret. */
async function rotateGenerated(
  scope: BackupStoreScope,
  secret: Secret,
  keepPreviousForMs: number,
): Promise<StepResult> {
  const { pass, store, namespace } = scope;
  const known = settled(store.status?.rotation ?? {});
  const key = { namespace, name: keySecretOf(store) };
  const requested = store.spec.encryption.rotation?.requestedAt;
  const action = nextRotation({ requested, keepPreviousForMs, secret: readState(secret), now: pass.now() });
  switch (action.kind) {
    case 'none':
      await clearAway(scope);
      return told({ rotation: known, keyID: keyIDOf(secret) });
    case 'keep': {
      await clearAway(scope);
      const underWay = `key ${action.keyID} opens the repository until ${rfc3339(action.until)}`;
      const recheckAfter = action.until.getTime() - pass.now().getTime();
      return told({ rotation: { ...known, underWay }, keyID: keyIDOf(secret), recheckAfter });
    }
    case 'generate': {
      const password = Buffer.from(randomBytes(passwordBytes).toString('base64url')).toString('base64');
      await pass.client.patch(Secret, key, withNext(secret, action.request, password));
      const handledRequest = action.request.slice(0, 128);
      return told({ rotation: { handledRequest, underWay: 'a new key was made' }, recheckAfter: goOn });
    }
    case 'replace':
      return changeKeys(scope, { operation: 'addKey' }, async ({ keyID }) => {
        const before = keyIDOf(secret) ?? store.status?.keyID;
        if (keyID === undefined || before === undefined) return { rotation: known };
        await pass.client.patch(Secret, key, withNextInUse(secret, keyID, before, pass.now()));
        return { rotation: known, keyID };
      });
    case 'remove':
      return changeKeys(scope, { operation: 'removeKey', keyID: action.keyID }, async () => {
        await pass.client.patch(Secret, key, withoutPrevious(secret));
        return { rotation: known, keyID: keyIDOf(secret) };
      });
  }
}
