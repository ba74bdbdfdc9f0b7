/** The kind `BackupStore`: an object store and the encrypted repository in it. */
import * as z from 'zod';
import { maintenanceSpec } from './backup-store/maintenance.ts';
import { storeStatus } from './backup-store/status.ts';
import { defineKind } from './kind.ts';
import { mover } from './run/mover.ts';
import { rule, rules } from './schema/annotations.ts';
import { duration } from './schema/duration.ts';
import { dataKey, objectName, text } from './schema/names.ts';
import type { Resource } from './schema/object.ts';

export type { MaintenanceSpec, RotationStatus, TaskStatus } from './backup-store/maintenance.ts';
export { type StorePhase, storePhases } from './backup-store/status.ts';

const s3 = z
  .object({
    endpoint: text(512)
      .meta(
        rules(
          rule(
            "self.matches('^https?://[^/?#]+$')",
            'endpoint is where the object store answers: write for example https://s3.eu-central-1.amazonaws.com, without a path',
          ),
        ),
      )
      .describe('Where the object store answers, for example https://s3.eu-central-1.amazonaws.com.'),
    region: text(64).exactOptional().describe('Region of the bucket, where the store has regions.'),
    bucket: text(63)
      .regex(/^[a-z0-9][-.a-z0-9]*[a-z0-9]$/)
      .describe('Name of the bucket. It must exist.'),
    prefix: z
      .string()
      .max(512)
      .regex(/^([^/]+(\/[^/]+)*)?$/)
      .default('')
      .describe('Folder of the repository within the bucket, without a slash at either end.'),
    forcePathStyle: z
      .boolean()
      .default(true)
      .describe('Write the bucket into the path and not into the host name. AWS takes both, most others only this.'),
    caBundleRef: z
      .object({
        name: objectName.describe('Name of the ConfigMap.'),
        key: dataKey.default('ca.crt').describe('Key that holds the certificates, PEM.'),
      })
      .exactOptional()
      .describe("ConfigMap with the certificates the store is trusted by, besides the system's own."),
    credentialsRef: z
      .object({ name: objectName.describe('Name of the Secret.') })
      .describe('Secret with the keys accessKeyId and secretAccessKey, and sessionToken for temporary credentials.'),
  })
  .meta(
    rules(
      rule(
        'self.endpoint == oldSelf.endpoint && self.bucket == oldSelf.bucket && self.prefix == oldSelf.prefix',
        'endpoint, bucket and prefix say which repository it is and cannot change: make another BackupStore',
      ),
    ),
  );

const storeSpec = z.object({
  s3: s3.describe('The object store: any that speaks S3.'),
  encryption: z
    .object({
      passwordSecretRef: z
        .object({ name: objectName.describe('Name of the Secret; its key is called password.') })
        .exactOptional()
        .describe('Secret with the password of the repository. Without it one is generated into <store>-key.'),
      rotation: z
        .object({
          requestedAt: text(64).describe('Replace the password now: each new value asks for it once.'),
          keepPreviousFor: duration
            .default('7d')
            .describe('How long the old one goes on opening the repository: long enough to copy the new one.'),
        })
        .exactOptional()
        .describe(
          'Replacing the password. Nothing in the repository is written anew. One that was generated is by another one; one of your own by what you write into its Secret as nextPassword: status.rotation says when to make it password.',
        ),
    })
    .meta(
      rules(
        rule(
          'has(self.passwordSecretRef) == has(oldSelf.passwordSecretRef) && (!has(self.passwordSecretRef) || self.passwordSecretRef.name == oldSelf.passwordSecretRef.name)',
          'which Secret holds the password cannot change: write the old one, or make another BackupStore',
        ),
      ),
    )
    .prefault({})
    .describe('How the repository is encrypted. It always is.'),
  compression: z
    .enum(['None', 'Auto', 'Max'])
    .default('Auto')
    .describe('How hard to compress: Auto leaves alone what does not shrink, None does without.'),
  default: z.boolean().default(false).describe('Use this store for backups of its namespace that name none.'),
  validationFrequency: duration
    .default('5m')
    .describe('How often to look whether the store answers and takes the credentials.'),
  accessMode: z
    .enum(['ReadWrite', 'ReadOnly'])
    .default('ReadWrite')
    .describe(
      'ReadOnly writes nothing into the store: no repository is made, nothing backed up, forgotten or looked after. What is in it can be restored.',
    ),
  syncPeriod: text(10)
    .regex(/^(0s|[1-9][0-9]*(s|m|h|d))$/)
    .default('1h')
    .describe(
      'How often to look for backups in the repository that the cluster does not know, and for those that are gone; 0s for never. The annotation dokkerr.io/sync asks for it at once.',
    ),
  maintenance: maintenanceSpec
    .prefault({})
    .describe(
      'When the repository is looked after. The annotations dokkerr.io/prune and dokkerr.io/check ask for it at once: each value once.',
    ),
  concurrency: z
    .object({
      maxJobs: z.int32().min(1).max(1000).default(4).describe('Pods that may work on the store at once.'),
      maxJobsPerNode: z
        .int32()
        .min(1)
        .max(1000)
        .exactOptional()
        .describe('Of them, how many on the same node; as many as may at all when absent.'),
    })
    .prefault({})
    .describe('How much may go on at once.'),
  deletionProtection: z
    .object({
      threshold: z
        .int32()
        .min(0)
        .max(100_000)
        .default(10)
        .describe('How many Backups may be deleted with their data at the same time before all of it is kept.'),
    })
    .prefault({})
    .describe(
      'Against deleting many Backups by mistake: their data is kept until the annotation dokkerr.io/allow-deletion has a time after it, for example the present one.',
    ),
  throttle: z
    .object({
      uploadKiBps: z.int32().min(1).exactOptional().describe('KiB a second towards the store, for each pod.'),
      downloadKiBps: z.int32().min(1).exactOptional().describe('KiB a second from the store, for each pod.'),
    })
    .exactOptional()
    .describe('Limits on the network.'),
  moverDefaults: mover.exactOptional().describe('How pods run that move data, where a backup does not say it itself.'),
});

/** What a user declares, defaults filled in as the API server does. */
export interface BackupStoreSpec extends z.output<typeof storeSpec> {}
/** What the operator reports. */
export interface BackupStoreStatus extends z.output<typeof storeStatus> {}

/** An object store and the encrypted repository in it. */
export const BackupStore = defineKind({
  kind: 'BackupStore',
  plural: 'backupstores',
  shortNames: ['store'],
  description:
    'An object store that speaks S3, and the encrypted, deduplicating repository in it. The repository is created once; deleting the BackupStore deletes neither the backups nor the key.',
  spec: storeSpec,
  status: storeStatus,
  rules: [
    rule(
      'self.metadata.name.size() <= 40',
      'the name of a BackupStore has at most 40 characters, since names of Jobs are made of it: write a shorter one',
      '.metadata.name',
    ),
  ],
  columns: [
    { name: 'Phase', type: 'string', jsonPath: '.status.phase', description: 'What is going on, in one word.' },
    { name: 'Bucket', type: 'string', jsonPath: '.spec.s3.bucket', description: 'Name of the bucket.' },
    {
      name: 'Repository',
      type: 'string',
      jsonPath: '.status.repositoryID',
      description: 'Id of the repository.',
      priority: 1,
    },
    { name: 'Size', type: 'string', jsonPath: '.status.size', description: 'Bytes of the repository in the store.' },
    { name: 'Checked', type: 'string', jsonPath: '.status.lastCheckResult', description: 'Whether it is whole.' },
    { name: 'Validated', type: 'date', jsonPath: '.status.lastValidatedAt', description: 'When it last answered.' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Since when it is there.' },
  ],
});

/** A BackupStore as the API server returns it. */
export interface BackupStore extends Resource<BackupStoreSpec, BackupStoreStatus> {}
