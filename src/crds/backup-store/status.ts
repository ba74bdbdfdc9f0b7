/** What the operator reports of a BackupStore. */
import * as z from 'zod';
import { conditions, timestamp } from '../schema/condition.ts';
import { lastError } from '../schema/failure.ts';
import { listOf } from '../schema/lists.ts';
import { text } from '../schema/names.ts';
import { rotationStatus, taskStatus } from './maintenance.ts';

/** Phases of a BackupStore: one word for eyes. Machines read the conditions. */
export const storePhases = ['Pending', 'Initializing', 'Ready', 'Degraded', 'Failed'] as const;
export type StorePhase = (typeof storePhases)[number];

/**
 * Conditions of a BackupStore, besides those kstatus reads:
 * - `BackendReachable`: the object store answers, has the bucket and takes the credentials
 * - `KeyAvailable`: the repository's password is there
 * - `RepositoryReady`: the repository exists and opens with it
 * - `RepositoryHealthy`: the last check found no damage
 * - `ClockSynchronized`: the store's clock and the operator's agree, so that nothing is removed by a wrong one
 * - `DeletionsAllowed`: Backups that are deleted take their data along, as they say; False while too many at once are held
 * - `Maintained`: checks and prunes do what they should, when they should
 */
export const storeConditions = [
  'Ready',
  'Reconciling',
  'Stalled',
  'BackendReachable',
  'KeyAvailable',
  'RepositoryReady',
  'RepositoryHealthy',
  'ClockSynchronized',
  'DeletionsAllowed',
  'Maintained',
] as const;

const count = z.int().min(0);

/** `status`. */
export const storeStatus = z.object({
  observedGeneration: z.int().min(0).exactOptional().describe('Generation of the spec this status is about.'),
  phase: z.enum(storePhases).exactOptional().describe('One word for eyes; machines read the conditions.'),
  repositoryID: text(128)
    .exactOptional()
    .describe('Id of the repository, trusted from its creation on. One of another id is refused.'),
  configETag: text(256)
    .exactOptional()
    .describe("The store's mark of the repository's first object, by which it is known without being opened."),
  keyID: text(128).exactOptional().describe('Which of its keys opens the repository; nothing of the key itself.'),
  keySecret: text(253).exactOptional().describe('Secret that holds the password. Keep a copy elsewhere.'),
  latencyMs: z.int32().min(0).exactOptional().describe('Milliseconds the store took to answer.'),
  clockSkewSeconds: z.int32().exactOptional().describe("Seconds the store's clock is ahead of the operator's."),
  lastValidatedAt: timestamp.exactOptional().describe('When the store last answered and took the credentials.'),
  circuit: z
    .object({
      failures: z.int32().min(1).describe('How often in a row the store did not answer.'),
      openUntil: timestamp.exactOptional().describe('Until when it is left alone; what needs it waits.'),
    })
    .exactOptional()
    .describe('Of a store that does not answer; absent when it does.'),
  lastPrunedAt: timestamp.exactOptional().describe('When data that no backup needs was last removed.'),
  reclaimedBytes: count.exactOptional().describe('Bytes the store gave back then.'),
  lastCheckedAt: timestamp.exactOptional().describe('When damage was last looked for.'),
  lastCheckResult: z
    .enum(['Passed', 'Failed'])
    .exactOptional()
    .describe('Failed once damage was found, until a check finds none.'),
  damagedPacks: listOf(text(128), 64)
    .exactOptional()
    .describe('Packs whose content the last check found wrong, until they are repaired; the first of them.'),
  lastRepairedAt: timestamp
    .exactOptional()
    .describe(
      'When damaged packs and the index were last repaired, so that the next backup stores again what is lost.',
    ),
  snapshotCount: count.exactOptional().describe('Snapshots in the repository, as of the last look.'),
  totalBytes: count.exactOptional().describe('Bytes of the repository in the store, as of the last maintenance.'),
  size: text(32).exactOptional().describe('Bytes of the repository in the store, for eyes.'),
  lock: z
    .object({
      holder: text(512).describe('What is being done, and for whom.'),
      since: timestamp.describe('Since when.'),
    })
    .exactOptional()
    .describe('What has the repository to itself at the moment; absent when nothing does.'),
  lastSyncedAt: timestamp.exactOptional().describe('When repository and Backups were last held against each other.'),
  missingSnapshots: listOf(text(128), 256)
    .exactOptional()
    .describe('Snapshots that Backups name and the repository does not have any more; the first of them.'),
  unknownSnapshots: z
    .object({
      count: count.describe('How many.'),
      digest: text(64).describe('Of their ids: a mover is asked about them again once this is another.'),
    })
    .exactOptional()
    .describe('Snapshots that belong to no Backup here: not made by Dokkerr, or left behind by attempts that failed.'),
  sync: taskStatus.exactOptional().describe('How holding repository and Backups against each other stands.'),
  heldDeletions: count
    .exactOptional()
    .describe('Deleted Backups whose data is kept until somebody says that so many were meant.'),
  rotation: rotationStatus.exactOptional().describe('How the replacing of the password stands.'),
  prune: taskStatus.exactOptional().describe('How the removal of data stands that no backup needs.'),
  repair: taskStatus.exactOptional().describe('How the mending of the index stands, after damage was found.'),
  check: taskStatus.exactOptional().describe('How the search for damage stands.'),
  lastError: lastError.exactOptional().describe('What keeps the store from being used; absent when nothing does.'),
  conditions: conditions(storeConditions)
    .exactOptional()
    .describe('Ready, Reconciling and Stalled, and one for each concern.'),
});
