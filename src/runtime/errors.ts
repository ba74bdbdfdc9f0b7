/**
 * Every error the operator can meet, in one table: its code, its class and the sentence a person reads first.
 * The class alone decides what happens next (see `controller/requeue.ts`), so a new error is a new row, not a new case.
 */

/**
 * What an error means for the pass that met it.
 * - `transient`: the same again may work (network, 5xx, 429): retried with backoff
 * - `conflict`: somebody else wrote first: retried at once on fresh data
 * - `dependency`: something named is missing; woken when it appears
 * - `capacity`: something named is too small or used up; woken when that changes
 * - `permanent`: cannot work until the spec changes: `Stalled=True`, no retry
 */
export type ErrorClass = 'transient' | 'conflict' | 'dependency' | 'capacity' | 'permanent';

const catalogue = {
  DKR_API_UNREACHABLE: { class: 'transient', summary: 'the API server did not answer' },
  DKR_API_THROTTLED: { class: 'transient', summary: 'the API server asked to slow down' },
  DKR_API_UNAVAILABLE: { class: 'transient', summary: 'the API server failed to serve the request' },
  DKR_API_UNAUTHORIZED: { class: 'transient', summary: 'the API server did not accept the credentials' },
  DKR_API_FORBIDDEN: { class: 'dependency', summary: 'the operator lacks a permission' },
  DKR_API_QUOTA: { class: 'capacity', summary: 'a ResourceQuota or LimitRange refused the object' },
  DKR_API_NOT_FOUND: { class: 'dependency', summary: 'the object or its namespace does not exist' },
  DKR_API_CONFLICT: { class: 'conflict', summary: 'the object changed meanwhile' },
  DKR_API_EXPIRED: { class: 'transient', summary: 'the resource version is too old' },
  DKR_API_INVALID: { class: 'permanent', summary: 'the API server refused the object as invalid' },
  DKR_CRD_MISSING: { class: 'dependency', summary: 'a custom resource definition is not installed' },
  DKR_CONFIG_INVALID: { class: 'permanent', summary: 'the configuration is not valid' },
  DKR_LEASE_LOST: { class: 'transient', summary: 'this process leads no longer' },
  DKR_DEADLINE: { class: 'permanent', summary: 'a deadline passed' },
  DKR_TIMEOUT: { class: 'transient', summary: 'a pass took longer than it may' },
  DKR_DEPENDENCY_MISSING: { class: 'dependency', summary: 'something the object refers to does not exist' },
  DKR_CAPACITY: { class: 'capacity', summary: 'what is asked for does not fit' },
  DKR_SPEC_INVALID: { class: 'permanent', summary: 'the spec asks for something that cannot be done' },
  DKR_NOT_OWNED: { class: 'permanent', summary: 'an object of that name exists and belongs to somebody else' },
  DKR_STORE_UNREACHABLE: { class: 'dependency', summary: 'the object store does not answer' },
  DKR_STORE_DENIED: { class: 'dependency', summary: 'the object store refused the credentials' },
  DKR_STORE_CLOCK_SKEWED: { class: 'dependency', summary: 'the clocks of the object store and here differ' },
  DKR_STORE_BUCKET_MISSING: { class: 'dependency', summary: 'the bucket does not exist' },
  DKR_STORE_FULL: { class: 'capacity', summary: 'the store or the target has no room' },
  DKR_REPOSITORY_KEY_WRONG: { class: 'permanent', summary: 'the repository opens with another password' },
  DKR_REPOSITORY_KEY_MISSING: { class: 'dependency', summary: 'the password of the repository is gone' },
  DKR_REPOSITORY_MISSING: { class: 'permanent', summary: 'a repository that was trusted is gone' },
  DKR_REPOSITORY_LOCKED: { class: 'transient', summary: 'somebody else has locked the repository' },
  DKR_REPOSITORY_CORRUPT: { class: 'permanent', summary: 'the repository is damaged' },
  DKR_SNAPSHOT_MISSING: { class: 'permanent', summary: 'the snapshot is not in the repository' },
  DKR_SNAPSHOT_FAILED: { class: 'permanent', summary: 'the storage could not make a snapshot' },
  DKR_HOOK_FAILED: { class: 'permanent', summary: 'a command in the workload failed' },
  DKR_SOURCE_UNREADABLE: { class: 'permanent', summary: 'files could not be read' },
  DKR_SOURCE_EMPTY: { class: 'permanent', summary: 'there is no file to back up' },
  DKR_VERIFICATION_FAILED: { class: 'transient', summary: 'what was written is not what was to be written' },
  DKR_MOVER_LOST: { class: 'transient', summary: 'the pod that moved data was lost' },
  DKR_MOVER_UNSCHEDULABLE: { class: 'transient', summary: 'the pod that moves data does not start' },
  DKR_RUN_FAILED: { class: 'permanent', summary: 'every attempt failed' },
  DKR_CANCELED: { class: 'permanent', summary: 'it was ended as asked' },
  DKR_WORKLOAD_FAILED: { class: 'permanent', summary: 'the workload does not run' },
  DKR_NODE_LOST: { class: 'permanent', summary: 'the node of a pod does not answer' },
  DKR_CHILD_DELETED: { class: 'transient', summary: 'somebody deleted an object that the operator keeps' },
  DKR_INTERNAL: { class: 'transient', summary: 'an unexpected error' },
} as const satisfies Record<`DKR_${string}`, { class: ErrorClass; summary: string }>;

export type ErrorCode = keyof typeof catalogue;

/** All codes with their class and summary, for documentation and for tests that every one has a runbook. */
export const errorCatalogue: Readonly<Record<ErrorCode, { class: ErrorClass; summary: string }>> = catalogue;

export interface ErrorDetail {
  /** What led to this error; kept for the log, never shown in status. */
  cause?: unknown;
  /** CamelCase word for a condition's `reason`; the code's own word when absent. */
  reason?: string;
  /** Milliseconds until another look: what the other side asked for (`Retry-After`), or where no watch will tell. */
  retryAfterMs?: number;
  /** HTTP status, where one was received. */
  httpStatus?: number;
}

/** The only error type that leaves a module of ours. */
export class DokkerrError extends Error {
  override readonly name = 'DokkerrError';
  readonly code: ErrorCode;
  readonly class: ErrorClass;
  readonly reason: string;
  readonly retryAfterMs: number | undefined;
  readonly httpStatus: number | undefined;

  /** @param message what was wrong, where, and what to write or do instead; it is shown in status and events. */
  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.class = catalogue[code].class;
    this.reason = detail.reason ?? reasonOf(code);
    this.retryAfterMs = detail.retryAfterMs;
    this.httpStatus = detail.httpStatus;
  }
}

/** Whatever was thrown, as a `DokkerrError`: an unknown one is `DKR_INTERNAL`, so transient until its attempts end. */
export function asDokkerrError(thrown: unknown): DokkerrError {
  if (thrown instanceof DokkerrError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new DokkerrError('DKR_INTERNAL', message, { cause: thrown });
}

/** `DKR_API_NOT_FOUND` becomes `ApiNotFound`. */
function reasonOf(code: ErrorCode): string {
  return code
    .slice('DKR_'.length)
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');
}
