/** Why a run of backup, restore or maintenance failed, in the words its status, its metrics and its alerts share. */

/**
 * - `StoreUnreachable`: no answer from the object store, or none it could use (network, DNS, TLS, 5xx)
 * - `AuthFailed`: the store refused the credentials, or what they may do
 * - `ClockSkewed`: the store refused the request's time: this clock and its own differ
 * - `BucketMissing`, `RepositoryMissing`, `SnapshotMissing`: the store answered, and what was asked for is not in it
 * - `WrongKey`: the repository opens with another password
 * - `RepositoryLocked`: somebody else has a lock that this run has to wait for
 * - `RepositoryCorrupt`: an index, tree or pack is damaged or gone
 * - `SourceUnreadable`, `SourceEmpty`: files could not be read; there was no file to read
 * - `NoSpace`: the store or the target is full, or would be
 * - `VerificationFailed`: what was written is not what was to be written
 * - `SnapshotFailed`, `HookFailed`, `Unschedulable`, `Deadline`, `MoverLost`: said by the operator, never by a mover
 * - `Canceled`: ended because it was asked to
 * - `Internal`: none of these
 */
export const failureClasses = [
  'StoreUnreachable',
  'AuthFailed',
  'ClockSkewed',
  'BucketMissing',
  'WrongKey',
  'RepositoryMissing',
  'RepositoryLocked',
  'RepositoryCorrupt',
  'SnapshotMissing',
  'SourceUnreadable',
  'SourceEmpty',
  'NoSpace',
  'VerificationFailed',
  'SnapshotFailed',
  'HookFailed',
  'Unschedulable',
  'Deadline',
  'MoverLost',
  'Canceled',
  'Internal',
] as const;

export type FailureClass = (typeof failureClasses)[number];
