/** The kind `Restore`: brings a backup back, into a claim or in place of what a Container has. */
import * as z from 'zod';
import { defineKind } from './kind.ts';
import { restoreStatus } from './restore/status.ts';
import { check } from './run/check.ts';
import { frozenFields } from './run/frozen.ts';
import { restoreHooks } from './run/hooks.ts';
import { mover, runPolicy } from './run/mover.ts';
import { rule, rules } from './schema/annotations.ts';
import { timestamp } from './schema/condition.ts';
import { listOf, setOf } from './schema/lists.ts';
import { dnsLabel, objectName, text } from './schema/names.ts';
import type { Resource } from './schema/object.ts';
import { byteSize } from './schema/quantity.ts';

export { type ResolvedRestore, type RestorePhase, restorePhases } from './restore/status.ts';

const pattern = text(1024);

const source = z
  .object({
    backupRef: z
      .object({ name: objectName.describe('Name of the Backup.') })
      .exactOptional()
      .describe('This backup.'),
    containerRef: z
      .object({ name: objectName.describe('Name of the Container.') })
      .exactOptional()
      .describe('The latest backup of this Container that completed.'),
    snapshot: z
      .object({
        storeRef: z.object({ name: objectName.describe('Name of the BackupStore.') }).describe('Store it is in.'),
        id: text(128)
          .regex(/^[0-9a-f]{8,64}$/)
          .describe('Id of the snapshot, as the store lists it.'),
      })
      .exactOptional()
      .describe('A snapshot by its id: the way into a new cluster, which knows the store but no Backup.'),
    asOf: timestamp
      .exactOptional()
      .describe('With containerRef: the latest backup that was begun at or before this time.'),
    offset: z
      .int32()
      .min(0)
      .max(1000)
      .exactOptional()
      .describe('With containerRef: how many backups before that one. 1 is the last but one.'),
    claim: objectName
      .exactOptional()
      .describe('Which claim of the backup, where it has several and the target is one.'),
  })
  .meta(
    rules(
      rule(
        '[has(self.backupRef), has(self.containerRef), has(self.snapshot)].filter(x, x).size() == 1',
        'source takes exactly one of backupRef, containerRef and snapshot: keep one of them',
      ),
      rule(
        'has(self.containerRef) || !has(self.asOf) && !has(self.offset)',
        'asOf and offset choose among the backups of a Container: write containerRef, or remove them',
      ),
    ),
  );

const target = z
  .object({
    claimRef: z
      .object({ name: objectName.describe('Name of the PersistentVolumeClaim.') })
      .exactOptional()
      .describe('Into this claim. No pod may use it.'),
    claim: z
      .object({
        name: dnsLabel.describe('Name of the PersistentVolumeClaim to make.'),
        size: byteSize.describe('Its size, for example 10Gi. It has to hold all of the data.'),
        storageClassName: objectName.exactOptional().describe("StorageClass; the cluster's default when absent."),
        accessModes: setOf(z.enum(['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod']), 4)
          .min(1)
          .default(['ReadWriteOnce'])
          .describe('How many nodes or pods may mount it at once, and how.'),
      })
      .exactOptional()
      .describe('Into a new claim. It stays when the Restore is deleted.'),
    containerRef: z
      .object({ name: objectName.describe('Name of the Container.') })
      .exactOptional()
      .describe('In place: the Container is stopped, its claims get the data, and it is started again.'),
    scratch: z
      .object({
        size: byteSize
          .exactOptional()
          .describe('Size of each claim. Without it, a fifth more than the backup says its files have.'),
        storageClassName: objectName.exactOptional().describe("StorageClass; the cluster's default when absent."),
      })
      .exactOptional()
      .describe('Into claims that go when the restore has ended: proves a backup and touches nothing.'),
    populator: z
      .object({})
      .exactOptional()
      .describe(
        'Into the claim whose spec.dataSourceRef names this Restore: it is bound once the data is in it, so that no pod sees it empty.',
      ),
  })
  .meta(
    rules(
      rule(
        '[has(self.claimRef), has(self.claim), has(self.containerRef), has(self.scratch), has(self.populator)].filter(x, x).size() == 1',
        'target takes exactly one of claimRef, claim, containerRef, scratch and populator: keep one of them',
      ),
    ),
  );

/** What is settled with the Restore; the rest may be said of it later. */
const restoreFields = {
  source: source.describe('What to bring back.'),
  target: target.describe('Where to.'),
  overwrite: z
    .enum(['Always', 'IfChanged', 'IfNewer', 'Never'])
    .default('Always')
    .describe('What happens to files that are there already.'),
  deleteExtraneous: z
    .boolean()
    .exactOptional()
    .describe('Remove files the backup does not have. Without it: true in place, false into a claim.'),
  include: listOf(pattern, 64)
    .exactOptional()
    .describe('Only these paths; one that starts with / counts from the root of the volume.'),
  exclude: listOf(pattern, 64).exactOptional().describe('Not these paths. Not together with include.'),
  hooks: restoreHooks
    .exactOptional()
    .describe(
      'In place: commands in the pods of the Container, or requests to them, before it is stopped and once it runs on what was brought back.',
    ),
  safetyBackup: z
    .boolean()
    .default(true)
    .describe('In place: back up what is there before anything is written. It is the way back.'),
  rollbackOnFailure: z
    .boolean()
    .default(true)
    .describe('In place: bring the safety backup back when the restore fails.'),
  verify: z
    .object({
      source: z
        .enum(['Metadata', 'Data'])
        .default('Metadata')
        .describe('What is looked at before anything is written: that all is there, or also every byte of it.'),
      target: z
        .enum(['Stats', 'Checksum'])
        .default('Stats')
        .describe('How the result is compared: kind and size of each file, or every byte of it.'),
      job: check
        .exactOptional()
        .describe(
          'A program of your own that looks at the result: the data is at /data, or at /data/<claim> where there are several, and can be written only in scratch claims. Unless it exits with 0 the restore has failed, and in place the old data comes back.',
        ),
    })
    .prefault({})
    .describe('How the backup and the result are proven.'),
  mover: mover.exactOptional().describe('How the pods run that write the volumes.'),
  runPolicy: runPolicy.prefault({}).describe('How often to try, and for how long.'),
};

const restoreSpec = z
  .object({
    ...restoreFields,
    cancel: z.boolean().default(false).describe('End it. A Container that was stopped is started again.'),
  })
  .meta(
    rules(
      rule(
        '!has(self.include) || !has(self.exclude)',
        'include and exclude do not go together: keep one of them',
        '.exclude',
      ),
      rule(
        'self.safetyBackup || !self.rollbackOnFailure || !has(self.target.containerRef)',
        'without a safety backup there is no way back: write rollbackOnFailure: false as well, if that is meant',
        '.rollbackOnFailure',
      ),
      rule(
        '!has(self.hooks) || has(self.target.containerRef)',
        'hooks are run in the pods of a Container that is restored in place: write target.containerRef, or remove them',
        '.hooks',
      ),
      rule(
        '!has(self.target.scratch) || !has(self.source.snapshot) || has(self.target.scratch.size)',
        'how large a snapshot is cannot be seen from here: write target.scratch.size',
        '.target',
      ),
      ...frozenFields(Object.keys(restoreFields), 'Restore'),
      rule(
        'self.cancel || !oldSelf.cancel',
        'a restore that was canceled cannot go on: make another Restore',
        '.cancel',
      ),
    ),
  );

/** What a user declares, defaults filled in as the API server does. */
export interface RestoreSpec extends z.output<typeof restoreSpec> {}
/** What the operator reports. */
export interface RestoreStatus extends z.output<typeof restoreStatus> {}

/** Brings a backup back. */
export const Restore = defineKind({
  kind: 'Restore',
  plural: 'restores',
  shortNames: ['rst'],
  description:
    'Brings a backup back: into a new claim, into an existing one, or in place, where the Container is stopped, backed up, restored, verified and started again, and gets its old data back when that fails.',
  spec: restoreSpec,
  status: restoreStatus,
  columns: [
    { name: 'Phase', type: 'string', jsonPath: '.status.phase', description: 'What is going on, in one word.' },
    { name: 'From', type: 'string', jsonPath: '.status.source', description: 'What is brought back.' },
    { name: 'To', type: 'string', jsonPath: '.status.target', description: 'Where to.' },
    { name: '%', type: 'integer', jsonPath: '.status.progress.percent', description: 'How far it is.' },
    {
      name: 'Verified',
      type: 'string',
      jsonPath: '.status.verification.result',
      description: 'Whether the result was proven.',
    },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Since when it is there.' },
  ],
});

/** A Restore as the API server returns it. */
export interface Restore extends Resource<RestoreSpec, RestoreStatus> {}
