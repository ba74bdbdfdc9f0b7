/** RotateKey: replaces the repository's password when asked to, and lets the old one open it for a while longer. */
import { randomBytes } from 'node:crypto';
import { endExclusive, exclusiveJob, isRunOf, runExclusive } from '#contracts/mover/exclusive.ts';
import type { RepositoryRun } from '#contracts/mover/job.ts';
import type { MoverFailure, MoverResult } from '#contracts/mover/result.ts';
import { keySecretOf } from '#contracts/store/location.ts';
import { BackupStore, type BackupStoreStatus, type TaskStatus } from '#crds/backup-store.ts';
import { durationMs } from '#crds/schema/duration.ts';
import { Secret } from '#runtime/client/kinds.ts';
import { rfc3339 } from '#runtime/controller/conditions.ts';
import type { Step, StepResult } from '#runtime/itinerary/types.ts';
import { aside } from '../aside.ts';
import { dueTask } from '../maintenance/due.ts';
import type { BackupStoreScope } from '../scope.ts';
import { passwordBytes } from '../steps/ensure-key.ts';
import { nextRotation } from './decide.ts';
import { keyIDOf, readState, withNext, withNextInUse, withoutPrevious } from './secret.ts';

const policy = { backoffLimit: 0, activeDeadlineSeconds: 3_600, podStartupDeadlineSeconds: 300 };
/** Milliseconds between looks whether the repository is free. */
const recheckTurn = 5_000;
/** How long the one before is kept where the spec says nothing any more. */
const usuallyKept = '7d';
/** Milliseconds to the next of several actions that follow each other. */
const goOn = 500;

export const rotateKey: Step<BackupStoreScope> = aside('rotation', {
  name: 'RotateKey',
  run: async (scope) => {
    const { pass, store, namespace } = scope;
    const { rotation } = store.spec.encryption;
    const known = store.status?.rotation ?? {};
    if (store.spec.accessMode === 'ReadOnly' || (rotation === undefined && store.status?.rotation === undefined)) {
      return { kind: 'skip', reason: 'nobody asked for another key' };
    }
    const name = keySecretOf(store);
    const secret = await pass.client.get(Secret, { namespace, name });
    if (secret === undefined) return { kind: 'skip', reason: 'there is no key' };
    const action = nextRotation({
      requested: rotation?.requestedAt,
      keepPreviousForMs: durationMs(rotation?.keepPreviousFor ?? usuallyKept),
      secret: readState(secret),
      now: pass.now(),
    });
    switch (action.kind) {
      case 'none':
        await clearAway(scope);
        return found(secret, { ...withoutTrouble(known) }, undefined);
      case 'keep':
        await clearAway(scope);
        return found(
          secret,
          {
            ...withoutTrouble(known),
            underWay: `key ${action.keyID} opens the repository until ${rfc3339(action.until)}`,
          },
          action.until.getTime() - pass.now().getTime(),
        );
      case 'generate': {
        const password = Buffer.from(randomBytes(passwordBytes).toString('base64url')).toString('base64');
        await pass.client.patch(Secret, { namespace, name }, withNext(secret, action.request, password));
        return found(secret, { handledRequest: action.request.slice(0, 128), underWay: 'a new key was made' }, goOn);
      }
      case 'replace':
        return withMover(scope, secret, { operation: 'addKey' }, async ({ keyID }) => {
          const before = keyIDOf(secret) ?? store.status?.keyID;
          if (keyID === undefined || before === undefined) return undefined;
          return pass.client.patch(Secret, { namespace, name }, withNextInUse(secret, keyID, before, pass.now()));
        });
      case 'remove':
        return withMover(scope, secret, { operation: 'removeKey', keyID: action.keyID }, () =>
          pass.client.patch(Secret, { namespace, name }, withoutPrevious(secret)),
        );
    }
  },
});

/**
 * Has the mover run, then changes the Secret, then gives the repository back: in this order, so that what was not
 * finished is done again, and both movers find done what they did before.
 */
async function withMover(
  scope: BackupStoreScope,
  secret: Secret,
  request: RepositoryRun['request'],
  conclude: (result: MoverResult) => Promise<Secret | undefined>,
): Promise<StepResult> {
  const { pass, store, image } = scope;
  const known = store.status?.rotation ?? {};
  const { isDue, at } = dueTask({
    slots: { after: () => undefined },
    since: pass.now(),
    status: known,
    now: pass.now(),
  });
  if (!isDue && at !== undefined) return found(secret, known, at.getTime() - pass.now().getTime());
  const newKey = request.operation === 'addKey';
  const state = await runExclusive(pass, BackupStore, { store, request, policy, newKey }, image);
  switch (state.kind) {
    case 'taken':
    case 'starting':
      return found(secret, { ...known, underWay: state.message }, recheckTurn);
    case 'running':
      return found(secret, { ...known, underWay: `${request.operation} is under way` }, undefined);
    case 'lost':
      return failed(scope, secret, state.failure);
    case 'ended': {
      if (state.result.failure !== undefined) return failed(scope, secret, state.result.failure);
      const changed = await conclude(state.result);
      await endExclusive(pass, store);
      return found(changed ?? secret, withoutTrouble(known), goOn);
    }
  }
}

async function failed(
  { pass, store }: BackupStoreScope,
  secret: Secret,
  { class: failure, message }: MoverFailure,
): Promise<StepResult> {
  await endExclusive(pass, store);
  const known = withoutTrouble(store.status?.rotation ?? {});
  const failures = (store.status?.rotation?.failures ?? 0) + 1;
  return found(secret, { ...known, startedAt: rfc3339(pass.now()), failures, failure, message }, goOn);
}

/** A mover of ours whose end was taken note of just before a crash. */
async function clearAway({ pass, store }: BackupStoreScope): Promise<void> {
  const job = exclusiveJob(pass.cache, store);
  if (job !== undefined && (isRunOf(job, store, 'addKey') || isRunOf(job, store, 'removeKey'))) {
    await endExclusive(pass, store);
  }
}

function withoutTrouble({ handledRequest }: TaskStatus): TaskStatus {
  return handledRequest === undefined ? {} : { handledRequest };
}

function found(secret: Secret, rotation: TaskStatus, recheckAfter: number | undefined): StepResult {
  const keyID = keyIDOf(secret);
  const resolved: Partial<BackupStoreStatus> = { rotation, ...(keyID === undefined ? {} : { keyID }) };
  return { kind: 'done', resolved, ...(recheckAfter === undefined ? {} : { recheckAfter }) };
}
