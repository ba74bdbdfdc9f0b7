/**
 * What a mover leaves behind: one JSON document in the pod's termination message, which Kubernetes cuts at 4096 bytes
 * (https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/). Nothing else is needed to
 * judge a run.
 */
import * as z from 'zod';
import { failureClasses } from '#crds/schema/failure-class.ts';
import { moverOperations } from './request.ts';

/** Bytes a termination message may have. */
export const resultLimit = 4096;

const count = z.int().min(0);

const stats = z.object({
  /** bytes of all files, as they are read */
  sizeBytes: count,
  /** bytes that were new to the repository, before compression */
  addedBytes: count,
  /** bytes that the repository grew by */
  storedBytes: count,
  filesNew: count,
  filesChanged: count,
  filesUnmodified: count,
  /** could not be read or written */
  filesFailed: count,
  filesTotal: count,
});

const verification = z.object({
  result: z.enum(['Passed', 'Failed', 'Skipped']),
  mode: z.enum(['None', 'Metadata', 'Data', 'Stats', 'Checksum', 'Sample', 'Full']),
  /** bytes of content that were read again */
  bytesRead: count,
  filesExpected: count.exactOptional(),
  filesFound: count.exactOptional(),
  /** whose content was read; of `compare`, which counts everything that has a name as expected and found */
  filesRead: count.exactOptional(),
  mismatches: count.exactOptional(),
  /** the first of them, as many as fit */
  mismatched: z.array(z.string()).exactOptional(),
});

/** One snapshot of a list. */
export const moverSnapshot = z.object({
  id: z.string(),
  /** RFC 3339 */
  time: z.string(),
  host: z.string(),
  tags: z.array(z.string()),
  paths: z.array(z.string()),
  /** absent for snapshots of restic before 0.17 */
  sizeBytes: count.exactOptional(),
  addedBytes: count.exactOptional(),
  storedBytes: count.exactOptional(),
  filesTotal: count.exactOptional(),
});

const failure = z.object({
  class: z.enum(failureClasses),
  message: z.string(),
  /** the same again may work without anybody's doing */
  retryable: z.boolean(),
  /** of the engine's program */
  exitCode: z.int().exactOptional(),
  /** the end of what the engine said */
  stderrTail: z.string().exactOptional(),
  /** the first packs whose content was found wrong, by id */
  damagedPacks: z.array(z.string()).exactOptional(),
});

/** The result. Which fields it has beyond the first three depends on the operation and on how far it came. */
export const moverResult = z.object({
  /** `unknown` when the request could not be read */
  operation: z.enum([...moverOperations, 'unknown']),
  /** `Partial`: the snapshot is there and lacks files that could not be read, and the request allows that */
  outcome: z.enum(['Succeeded', 'Partial', 'Failed']),
  durationMs: count,
  /** Also present on a failure after the snapshot was made: it is in the repository and not to be trusted. */
  snapshotID: z.string().exactOptional(),
  repositoryID: z.string().exactOptional(),
  /** the store's mark of the repository's first object, for `init` and `stats` */
  configETag: z.string().exactOptional(),
  /** of the key the repository was opened with; of the added one for `addKey` */
  keyID: z.string().exactOptional(),
  stats: stats.exactOptional(),
  verification: verification.exactOptional(),
  /** The newest of a listing, as many as fit. `snapshotCount` says how many there are; the log has all (`progress.ts`). */
  snapshots: z.array(moverSnapshot).exactOptional(),
  snapshotCount: count.exactOptional(),
  /** of the repository, for `stats` and `prune`: bytes in the store */
  totalBytes: count.exactOptional(),
  /** for `prune` */
  reclaimedBytes: count.exactOptional(),
  /** for `unlock` */
  locksRemoved: count.exactOptional(),
  /** the first files that could not be read or written */
  unreadable: z.array(z.string()).exactOptional(),
  warnings: z.array(z.string()).exactOptional(),
  failure: failure.exactOptional(),
});

export type MoverResult = z.infer<typeof moverResult>;
export type MoverFailure = z.infer<typeof failure>;
export type MoverStats = z.infer<typeof stats>;
export type MoverVerification = z.infer<typeof verification>;
export type MoverSnapshot = z.infer<typeof moverSnapshot>;

/** What `dokkerr mover` ends with. */
export const moverExitCodes = {
  succeeded: 0,
  /** failed; the same again may work */
  failed: 1,
  /** failed, and will again until somebody changes something */
  failedForGood: 2,
  partial: 3,
  /** ended by SIGTERM */
  canceled: 130,
} as const;
