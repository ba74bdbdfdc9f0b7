/** What the operator reports of a Backup. */
import * as z from 'zod';
import { hookResults } from '../run/hooks.ts';
import { runAs } from '../run/mover.ts';
import { progress } from '../run/progress.ts';
import { runStatus } from '../run/status.ts';
import { timestamp } from '../schema/condition.ts';
import { failureClasses } from '../schema/failure-class.ts';
import { listByKey, listOf } from '../schema/lists.ts';
import { objectName, text } from '../schema/names.ts';

/** Phases of a Backup: one word for eyes. Machines read the conditions and `outcome`. */
export const backupPhases = [
  'Pending',
  'Queued',
  'InProgress',
  'Verifying',
  'Completed',
  'PartiallyFailed',
  'Failed',
  'Canceled',
  'Deleting',
] as const;
export type BackupPhase = (typeof backupPhases)[number];

const count = z.int().min(0);

const volume = z.object({
  claim: objectName.describe('Name of the PersistentVolumeClaim.'),
  snapshotID: text(128).exactOptional().describe('Id of its snapshot in the repository.'),
  sizeBytes: count.exactOptional().describe('Bytes of all its files.'),
  storedBytes: count.exactOptional().describe('Bytes the repository grew by.'),
  filesTotal: count.exactOptional().describe('Files it has.'),
  filesNew: count.exactOptional().describe('Files that were not in the backup before.'),
  filesChanged: count.exactOptional().describe('Files that were in it with another content.'),
  filesUnmodified: count.exactOptional().describe('Files that were in it as they are.'),
  filesFailed: count.exactOptional().describe('Files that could not be read.'),
  unreadable: listOf(z.string().max(4096), 20)
    .exactOptional()
    .describe('The first of the files that could not be read.'),
});

const resolved = z.object({
  store: objectName.exactOptional().describe('BackupStore in use.'),
  repositoryID: text(128).exactOptional().describe('Repository in use.'),
  copyMethod: z.enum(['Snapshot', 'Clone', 'Direct']).exactOptional().describe('What is read.'),
  claims: listOf(
    z.object({
      name: objectName.describe('Name of the PersistentVolumeClaim.'),
      snapshotClass: objectName.exactOptional().describe('VolumeSnapshotClass its snapshot is made with.'),
      node: text(253)
        .exactOptional()
        .describe('Node it is mounted on, which a pod that reads it directly has to share.'),
    }),
    256,
  )
    .exactOptional()
    .describe('The claims that are backed up.'),
  copies: listOf(
    z.object({
      claim: objectName.describe('Name of the PersistentVolumeClaim.'),
      copy: objectName.describe('Name of the claim that is read in its place.'),
    }),
    256,
  )
    .exactOptional()
    .describe('Copies of the claims, while the backup is under way.'),
  cutAt: timestamp
    .exactOptional()
    .describe(
      'When all copies were cut: the workload was held still until then. Absent where claims are read themselves.',
    ),
  runAs: runAs.exactOptional().describe('As whom the files are read.'),
  volumes: listByKey(volume, ['claim'], 256).exactOptional().describe('What was stored of each claim.'),
  verification: z
    .object({
      result: z.enum(['Passed', 'Skipped']).describe('Passed once what was stored was found whole.'),
      mode: z.enum(['None', 'Metadata', 'Data']).describe('How it was looked at.'),
      bytesRead: count.describe('Bytes of content that were read back.'),
      at: timestamp.describe('When.'),
    })
    .exactOptional()
    .describe('How the backup was proven.'),
});

/** Where a Backup comes from. */
export const backupOrigins = ['Scheduled', 'Manual', 'Discovered', 'PreMigration'] as const;

/** `status`. */
export const backupStatus = z.object({
  ...runStatus(resolved),
  phase: z.enum(backupPhases).exactOptional().describe('One word for eyes; machines read the conditions.'),
  origin: z
    .enum(backupOrigins)
    .exactOptional()
    .describe(
      'Who asked for it. Discovered: nobody here, it was found in the repository. PreMigration: a Migration, with which it goes.',
    ),
  missing: z
    .boolean()
    .exactOptional()
    .describe('Its data is not in the repository any more, so that it cannot be restored.'),
  source: z.string().max(512).exactOptional().describe('What is backed up, for eyes.'),
  progress: progress.exactOptional().describe('How far it is, while it is under way.'),
  volumes: listByKey(volume, ['claim'], 256).exactOptional().describe('What was stored of each claim.'),
  verification: resolved.shape.verification,
  hooks: hookResults.exactOptional().describe('What became of the hooks.'),
  size: text(32).exactOptional().describe('Bytes of all files, for eyes.'),
  added: text(32).exactOptional().describe('Bytes the repository grew by, for eyes.'),
  failureClass: z.enum(failureClasses).exactOptional().describe('What kind of failure it ended with.'),
  expiresAt: timestamp.exactOptional().describe('When its ttl ends.'),
});

/** `status.volumes[]`. */
export type BackupVolume = z.infer<typeof volume>;
/** `status.resolved`. */
export type ResolvedBackup = z.infer<typeof resolved>;
