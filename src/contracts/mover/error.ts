/** A mover's failure as an error of the operator: what happens next follows from its class. Pure. */
import { type FailureClass, failureClasses } from '#crds/schema/failure-class.ts';
import { DokkerrError, type ErrorCode } from '#runtime/errors.ts';
import type { RunStatus } from '#runtime/itinerary/types.ts';
import type { MoverFailure } from './result.ts';

const codes: Readonly<Record<FailureClass, ErrorCode>> = {
  StoreUnreachable: 'DKR_STORE_UNREACHABLE',
  AuthFailed: 'DKR_STORE_DENIED',
  ClockSkewed: 'DKR_STORE_CLOCK_SKEWED',
  BucketMissing: 'DKR_STORE_BUCKET_MISSING',
  WrongKey: 'DKR_REPOSITORY_KEY_WRONG',
  RepositoryMissing: 'DKR_REPOSITORY_MISSING',
  RepositoryLocked: 'DKR_REPOSITORY_LOCKED',
  RepositoryCorrupt: 'DKR_REPOSITORY_CORRUPT',
  SnapshotMissing: 'DKR_SNAPSHOT_MISSING',
  SourceUnreadable: 'DKR_SOURCE_UNREADABLE',
  SourceEmpty: 'DKR_SOURCE_EMPTY',
  NoSpace: 'DKR_STORE_FULL',
  VerificationFailed: 'DKR_VERIFICATION_FAILED',
  SnapshotFailed: 'DKR_SNAPSHOT_FAILED',
  HookFailed: 'DKR_HOOK_FAILED',
  Unschedulable: 'DKR_MOVER_UNSCHEDULABLE',
  Deadline: 'DKR_DEADLINE',
  MoverLost: 'DKR_MOVER_LOST',
  Canceled: 'DKR_CANCELED',
  Internal: 'DKR_INTERNAL',
};

const classes = new Map(Object.entries(codes).map(([failure, code]) => [code, failure as FailureClass]));

/** Milliseconds between looks at what no watch of ours sees: the store, and Secrets, which are read by name only. */
const recheckStore = 15_000;

/** The error that a failure of this class is. */
export function moverError({ class: failure, message }: Pick<MoverFailure, 'class' | 'message'>): DokkerrError {
  return new DokkerrError(codes[failure], message, { reason: failure, retryAfterMs: recheckStore });
}

/** What kind of failure a run ended with: by its error's reason when every attempt was used up, else by its code. */
export function failureClassOfRun({ failure }: RunStatus): FailureClass | undefined {
  if (failure === undefined) return undefined;
  return failureClasses.find((known) => known === failure.reason) ?? classes.get(failure.code as ErrorCode);
}
