/** What the operator reports of a Restore. */
import * as z from 'zod';
import { hookResults } from '../run/hooks.ts';
import { runAs } from '../run/mover.ts';
import { progress } from '../run/progress.ts';
import { runStatus } from '../run/status.ts';
import { timestamp } from '../schema/condition.ts';
import { failureClasses } from '../schema/failure-class.ts';
import { listByKey } from '../schema/lists.ts';
import { objectName, text } from '../schema/names.ts';

/** Phases of a Restore: one word for eyes. Machines read the conditions and `outcome`. */
export const restorePhases = [
  'Pending',
  'Resolving',
  'Quiescing',
  'Restoring',
  'VerifyingTarget',
  'Checking',
  'HandingOver',
  'Resuming',
  'Completed',
  'Failed',
  'RollingBack',
  'RolledBack',
  'Canceled',
  'Deleting',
] as const;
export type RestorePhase = (typeof restorePhases)[number];

const count = z.int().min(0);

const verification = z.object({
  result: z.enum(['Passed', 'Skipped']).describe('Passed once every file was found as the backup has it.'),
  mode: z.enum(['Stats', 'Checksum']).describe('How it was compared.'),
  filesExpected: count.describe('Files of the backup.'),
  filesFound: count.describe('Files found as they should be.'),
  bytesRead: count.describe('Bytes of content that were read again.'),
  at: timestamp.describe('When.'),
});

const resolved = z.object({
  store: objectName.exactOptional().describe('BackupStore in use.'),
  repositoryID: text(128).exactOptional().describe('Repository in use.'),
  backup: objectName.exactOptional().describe('Backup that is brought back.'),
  pointInTime: timestamp.exactOptional().describe('When that backup was begun.'),
  volumes: listByKey(
    z.object({
      claim: objectName.describe('Name of the PersistentVolumeClaim that gets the data.'),
      scratchOf: objectName
        .exactOptional()
        .describe('Claim the data is from, where this one is made for the restore and goes with it.'),
      snapshotID: text(128).describe('Snapshot that is written there. It is kept until the restore has ended.'),
      sizeBytes: count.exactOptional().describe('Bytes of all its files.'),
    }),
    ['claim'],
    256,
  )
    .exactOptional()
    .describe('What is written where.'),
  populates: z
    .object({
      name: objectName.describe('Its name.'),
      uid: text(64).describe('Its identity: another one of that name is not meant.'),
    })
    .exactOptional()
    .describe('Claim that gets the volume once the data is in it.'),
  runAs: runAs.exactOptional().describe('As whom the files are written.'),
  safetyBackup: objectName.exactOptional().describe('Backup of what was there before.'),
  verification: verification.exactOptional().describe('How the result was proven.'),
});

/** `status`. */
export const restoreStatus = z.object({
  ...runStatus(resolved),
  phase: z.enum(restorePhases).exactOptional().describe('One word for eyes; machines read the conditions.'),
  source: z.string().max(512).exactOptional().describe('What is brought back, for eyes.'),
  target: z.string().max(512).exactOptional().describe('Where to, for eyes.'),
  progress: progress.exactOptional().describe('How far it is, while it is under way.'),
  verification: verification.exactOptional().describe('How the result was proven.'),
  safetyBackupRef: z
    .object({ name: objectName.describe('Name of the Backup.') })
    .exactOptional()
    .describe('Backup of what was there before.'),
  hooks: hookResults.exactOptional().describe('What became of the hooks.'),
  failureClass: z.enum(failureClasses).exactOptional().describe('What kind of failure it ended with.'),
});

/** `status.resolved`. */
export type ResolvedRestore = z.infer<typeof resolved>;
