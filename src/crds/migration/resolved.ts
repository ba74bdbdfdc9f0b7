/** What a Migration settles once and for all: everything that its steps, and the way back, need to know. */
import * as z from 'zod';
import { runAs } from '../run/mover.ts';
import { timestamp } from '../schema/condition.ts';
import { listOf } from '../schema/lists.ts';
import { objectName, text } from '../schema/names.ts';
import { accessModes } from './places.ts';
import { claimPlace, plan, workloadRef } from './plan.ts';

const count = z.int().min(0);
const volume = z.object({
  claim: objectName.describe('Name of the PersistentVolumeClaim.'),
  volume: objectName.describe('PersistentVolume it was bound to.'),
  staging: objectName.describe('Claim under which the new volume is filled.'),
  target: claimPlace.describe('Claim in the end.'),
  storageClassName: objectName.describe('StorageClass of the new volume.'),
  storage: text(32).describe('Size that the new claim asks for.'),
  accessModes: accessModes.describe('How the new volume may be mounted.'),
  bytes: count.exactOptional().describe('Bytes of its files, as far as known.'),
});

/** How source and target were compared. */
export const verification = z.object({
  result: z.enum(['Passed', 'Skipped']).describe('Passed once every name and all content looked at were the same.'),
  mode: z.enum(['Full', 'Sample', 'Checksum']).describe('How it was compared.'),
  filesCompared: count.describe('Files, folders and links compared.'),
  bytesRead: count.describe('Bytes of content that were read.'),
  at: timestamp.describe('When.'),
});

/** A volume that is in nobody's use and was not deleted. */
export const retainedVolume = z.object({
  name: objectName.describe('Name of the PersistentVolume.'),
  claim: text(320).describe('Claim it was bound to, with its namespace.'),
  reason: text(512).describe('Why it is still there.'),
});

/** `status.resolved`. */
export const resolvedMigration = z.object({
  store: objectName.exactOptional().describe('BackupStore in use.'),
  plan: plan.exactOptional().describe('What is going to be done.'),
  volumes: listOf(volume, 256).exactOptional().describe('Every volume.'),
  workloads: listOf(workloadRef, 32).exactOptional().describe('What uses them.'),
  runAs: runAs.exactOptional().describe('As whom the files are read and written.'),
  backup: objectName.exactOptional().describe('The first Backup, taken before anything else is done.'),
  staged: listOf(
    z.object({
      staging: objectName.describe('Name of the staging claim.'),
      volume: objectName.describe('PersistentVolume it was given.'),
    }),
    256,
  )
    .exactOptional()
    .describe('The new volumes.'),
  verification: verification.exactOptional().describe('How source and target were compared.'),
  keptUntil: timestamp.exactOptional().describe('When the old volumes ceased to be a way back.'),
  retained: listOf(retainedVolume, 512).exactOptional().describe('Volumes that are in no use and were not deleted.'),
  undo: z
    .object({
      isLeft: z
        .boolean()
        .describe('Nothing is undone: the migration was deleted after its switch, or is past its point of no return.'),
      isSwitched: z.boolean().describe('Whether a claim may have its new volume.'),
      hasRun: z.boolean().describe('Whether the workload may have written to the new volume.'),
    })
    .exactOptional()
    .describe('What the way back has found.'),
});

/** `status.resolved`. */
export type ResolvedMigration = z.infer<typeof resolvedMigration>;
/** `status.resolved.volumes[]`. */
export type MigratedVolume = z.infer<typeof volume>;
/** `status.retainedVolumes[]`. */
export type RetainedVolume = z.infer<typeof retainedVolume>;
