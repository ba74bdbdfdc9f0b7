/** What a Migration is going to do, settled before anything is done. */
import * as z from 'zod';
import { listOf } from '../schema/lists.ts';
import { dnsLabel, objectName, text } from '../schema/names.ts';

const count = z.int().min(0);
const sizeText = text(32);

const plannedVolume = z.object({
  claim: objectName.describe('Name of the PersistentVolumeClaim.'),
  volume: objectName.describe('PersistentVolume it is bound to.'),
  target: text(320).describe('Claim in the end; with its namespace, where that is another.'),
  fromClass: text(253).exactOptional().describe('StorageClass of the old volume; absent when it has none.'),
  toClass: objectName.describe('StorageClass of the new volume.'),
  fromSize: sizeText.describe('Size of the old volume.'),
  toSize: sizeText.describe('Size of the new volume.'),
  bytes: count.exactOptional().describe('Bytes of its files, as far as known: from the latest backup of the claim.'),
});

/** What uses the claims. */
export const workloadRef = z.object({
  kind: z.enum(['Container', 'Deployment', 'StatefulSet']).describe('Kind of the workload.'),
  name: objectName.describe('Name of the workload.'),
  replicas: z.int32().min(0).describe('How many pods of it were wanted.'),
});

/** `status.plan`. */
export const plan = z.object({
  volumes: listOf(plannedVolume, 256).describe('Every volume, and what becomes of it.'),
  workloads: listOf(workloadRef, 32).describe('What uses them, and is stopped and started.'),
  expectedDowntimeSeconds: count
    .exactOptional()
    .describe('How long the workload will stand still, about. Absent where nothing that runs is stopped.'),
  estimatedFrom: text(512).exactOptional().describe('What that estimate follows from.'),
  warnings: listOf(text(1024), 32).exactOptional().describe('What to know before it is begun.'),
});

/** Where a claim is. */
export const claimPlace = z.object({
  namespace: dnsLabel.describe('Its namespace.'),
  name: objectName.describe('Its name.'),
});

/** `status.plan`. */
export type MigrationPlan = z.infer<typeof plan>;
/** `status.plan.volumes[]`. */
export type PlannedVolume = z.infer<typeof plannedVolume>;
/** `status.plan.workloads[]`. */
export type WorkloadRef = z.infer<typeof workloadRef>;
