/** What the operator reports of a Migration. */
import * as z from 'zod';
import { progress } from '../run/progress.ts';
import { runConditionTypes, runStatus } from '../run/status.ts';
import { timestamp } from '../schema/condition.ts';
import { failureClasses } from '../schema/failure-class.ts';
import { listOf } from '../schema/lists.ts';
import { objectName } from '../schema/names.ts';
import { plan } from './plan.ts';
import { resolvedMigration, retainedVolume, verification } from './resolved.ts';

/** Phases of a Migration: one word for eyes. Machines read the conditions and `outcome`. */
export const migrationPhases = [
  'Pending',
  'Planning',
  'Planned',
  'Stopping',
  'BackingUp',
  'Transforming',
  'Validating',
  'Copying',
  'AwaitingApproval',
  'Synchronising',
  'Verifying',
  'SwitchingOver',
  'Starting',
  'Switched',
  'CleaningUp',
  'Completed',
  'Failed',
  'RollingBack',
  'RolledBack',
  'Canceling',
  'Canceled',
  'Deleting',
] as const;
export type MigrationPhase = (typeof migrationPhases)[number];

const downtime = z.object({
  startedAt: timestamp.describe('When the workload was asked to stop.'),
  endedAt: timestamp.exactOptional().describe('When it was ready again; absent while it stands still.'),
  seconds: z.int().min(0).exactOptional().describe('From the one to the other.'),
});

/** `status`. */
export const migrationStatus = z.object({
  ...runStatus(resolvedMigration, [...runConditionTypes, 'SwitchedOver']),
  phase: z.enum(migrationPhases).exactOptional().describe('One word for eyes; machines read the conditions.'),
  source: z.string().max(512).exactOptional().describe('What is moved, for eyes.'),
  target: z.string().max(512).exactOptional().describe('Where to, for eyes.'),
  plan: plan.exactOptional().describe('What is going to be done, settled before anything is done.'),
  progress: progress.exactOptional().describe('How far the transfer is that is under way.'),
  backupRef: z
    .object({ name: objectName.describe('Name of the Backup.') })
    .exactOptional()
    .describe('Backup of what was there before.'),
  verification: verification.exactOptional().describe('How source and target were compared.'),
  originalReplicas: z.int32().min(0).exactOptional().describe('How many pods of the workloads were wanted before.'),
  downtime: downtime.exactOptional().describe('How long the workload stood still.'),
  pointOfNoReturn: timestamp
    .exactOptional()
    .describe('Until then, rollback.requested brings the old volume back. Set once the claims were switched over.'),
  retainedVolumes: listOf(retainedVolume, 512)
    .exactOptional()
    .describe('Volumes that are in no use any more and were not deleted: yours to look at, and to delete.'),
  failureClass: z.enum(failureClasses).exactOptional().describe('What kind of failure it ended with.'),
});
