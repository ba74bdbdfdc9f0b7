/** A mover that changes a repository's keys, or says which it opens with: it has the repository to itself. */
import { endExclusive, exclusiveJob, isRunOf, runExclusive } from '#contracts/mover/exclusive.ts';
import type { MoverRun } from '#contracts/mover/job.ts';
import type { MoverFailure, MoverResult } from '#contracts/mover/result.ts';
import { BackupStore, type BackupStoreStatus, type RotationStatus } from '#crds/backup-store.ts';
import { rfc3339 } from '#runtime/controller/conditions.ts';
import type { StepResult } from '#runtime/itinerary/types.ts';
import { dueTask } from '../maintenance/due.ts';
import type { BackupStoreScope } from '../scope.ts';

const policy = { backoffLimit: 0, activeDeadlineSeconds: 3_600, podStartupDeadlineSeconds: 300 };
/** Milliseconds between looks whether the repository is free. */
const recheckTurn = 5_000;
/** Milliseconds to the next of several actions that follow each other. */
export const goOn = 500;

const operations = ['addKey', 'removeKey', 'stats'] as const;

/** What a pass found of a rotation. */
export interface Found {
  readonly rotation: RotationStatus;
  /** of the key in use, where it is known anew */
  readonly keyID?: string | undefined;
  /** milliseconds; by a watch alone when absent */
  readonly recheckAfter?: number | undefined;
}

export function told({ rotation, keyID, recheckAfter }: Found): StepResult {
  const resolved: Partial<BackupStoreStatus> = { rotation, ...(keyID === undefined ? {} : { keyID }) };
  return { kind: 'done', resolved, ...(recheckAfter === undefined ? {} : { recheckAfter }) };
}

/**
 * Has the mover run, then has what follows from it done, then gives the repository back: in this order, so that what was not
 * finished is done again, and every mover finds done what it did before.
 */
export async function changeKeys(
  scope: BackupStoreScope,
  request: MoverRun['request'] & { readonly operation: (typeof operations)[number] },
  conclude: (result: MoverResult) => Promise<Found>,
): Promise<StepResult> {
  const { pass, store, image } = scope;
  const known = store.status?.rotation ?? {};
  const { isDue, at } = dueTask({
    slots: { after: () => undefined },
    since: pass.now(),
    status: known,
    now: pass.now(),
  });
  if (!isDue && at !== undefined) return told({ rotation: known, recheckAfter: at.getTime() - pass.now().getTime() });
  const newKey = request.operation === 'addKey';
  const state = await runExclusive(pass, BackupStore, { store, request, policy, newKey }, image);
  switch (state.kind) {
    case 'taken':
    case 'starting':
      return told({ rotation: { ...known, underWay: state.message }, recheckAfter: recheckTurn });
    case 'running':
      return told({ rotation: { ...known, underWay: `${request.operation} is under way` } });
    case 'lost':
      return failed(scope, state.failure);
    case 'ended': {
      if (state.result.failure !== undefined) return failed(scope, state.result.failure);
      const found = await conclude(state.result);
      await endExclusive(pass, store);
      return told({ ...found, recheckAfter: goOn });
    }
  }
}

async function failed(
  { pass, store }: BackupStoreScope,
  { class: failure, message }: MoverFailure,
): Promise<StepResult> {
  await endExclusive(pass, store);
  const known = store.status?.rotation ?? {};
  const failures = (known.failures ?? 0) + 1;
  const startedAt = rfc3339(pass.now());
  return told({ rotation: { ...settled(known), startedAt, failures, failure, message }, recheckAfter: goOn });
}

/** A mover of ours whose end was taken note of just before a crash. */
export async function clearAway({ pass, store }: BackupStoreScope): Promise<void> {
  const job = exclusiveJob(pass.cache, store);
  if (job !== undefined && operations.some((operation) => isRunOf(job, store, operation))) {
    await endExclusive(pass, store);
  }
}

/** What lasts of a rotation's status, beyond what it does and what it last failed of. */
export function settled({ handledRequest, nextKeyID, previousKeyID, replacedAt }: RotationStatus): RotationStatus {
  return {
    ...(handledRequest === undefined ? {} : { handledRequest }),
    ...(nextKeyID === undefined ? {} : { nextKeyID }),
    ...(previousKeyID === undefined ? {} : { previousKeyID }),
    ...(replacedAt === undefined ? {} : { replacedAt }),
  };
}
