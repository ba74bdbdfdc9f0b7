/** The kind `Backup`: one backup of the claims of a Container, or of any others. */
import * as z from 'zod';
import { backupStatus } from './backup/status.ts';
import { verifySpec } from './backup/verify.ts';
import { defineKind } from './kind.ts';
import { frozenFields } from './run/frozen.ts';
import { backupHooks } from './run/hooks.ts';
import { mover, runPolicy } from './run/mover.ts';
import { rule, rules } from './schema/annotations.ts';
import { duration } from './schema/duration.ts';
import { labelSelector, nameList } from './schema/labels.ts';
import { listOf } from './schema/lists.ts';
import { objectName, text } from './schema/names.ts';
import type { Resource } from './schema/object.ts';

export { type BackupPhase, type BackupVolume, backupPhases, type ResolvedBackup } from './backup/status.ts';

const pattern = text(1024);

/** Everything that can be said of a backup, as BackupSchedules say it too. */
export const backupTemplate = {
  containerRef: z
    .object({ name: objectName.describe('Name of the Container.') })
    .exactOptional()
    .describe('Back up every claim of this Container.'),
  source: z
    .object({
      claims: nameList(32, 'Name of the PersistentVolumeClaim.').exactOptional().describe('These claims.'),
      selector: labelSelector.exactOptional().describe('The claims with these labels.'),
    })
    .meta(
      rules(
        rule('has(self.claims) != has(self.selector)', 'source takes claims or a selector: write exactly one of them'),
        rule('!has(self.claims) || self.claims.size() > 0', 'claims is empty: name at least one claim', '.claims'),
        rule(
          '!has(self.selector) || has(self.selector.matchLabels) || has(self.selector.matchExpressions)',
          'an empty selector would take every claim: write the labels they have',
          '.selector',
        ),
      ),
    )
    .exactOptional()
    .describe('Back up any claims of this namespace, whoever uses them.'),
  storeRef: z
    .object({ name: objectName.describe('Name of the BackupStore, in the same namespace.') })
    .exactOptional()
    .describe('Where to store it; the default BackupStore of the namespace when absent.'),
  copyMethod: z
    .enum(['Snapshot', 'Clone', 'Direct'])
    .exactOptional()
    .describe(
      'What is read: a snapshot of the volume, a clone of it, or the volume itself while it is in use. Without it a snapshot where the driver can make one, else the volume itself.',
    ),
  volumeSnapshotClassName: objectName
    .exactOptional()
    .describe("VolumeSnapshotClass for snapshots; the driver's default when absent."),
  hooks: backupHooks
    .exactOptional()
    .describe('Commands in the pods that use the claims: before the copy, to have the data ready, and after it.'),
  quiesce: z
    .enum(['None', 'ScaleDown'])
    .default('None')
    .describe(
      'With containerRef, ScaleDown stops the Container until the copy is made, or all of it is read where there is no copy.',
    ),
  include: listOf(pattern, 64)
    .exactOptional()
    .describe('Only these paths, relative to the volume. `*` matches within a folder.'),
  exclude: listOf(pattern, 64)
    .exactOptional()
    .describe('Not these paths; one that starts with / counts from the root of the volume.'),
  verify: verifySpec.prefault({}).describe('How the backup is proven before it counts as Completed.'),
  onUnreadableFiles: z
    .enum(['Fail', 'Warn'])
    .default('Fail')
    .describe(
      'What files that cannot be read do to the backup: fail it, or end it as PartiallyFailed with their names.',
    ),
  onEmptySource: z
    .enum(['Fail', 'Warn', 'Allow'])
    .default('Fail')
    .describe('What a volume without a single file does to the backup.'),
  ttl: duration
    .exactOptional()
    .describe('How long it is kept after it has completed, for example 30d; for ever when absent.'),
  deletionPolicy: z
    .enum(['Retain', 'Delete'])
    .default('Retain')
    .describe(
      'What deleting this object does to the data in the store: nothing, or remove it too. Expiry removes it always.',
    ),
  mover: mover.exactOptional().describe('How the pods run that read the volumes.'),
  runPolicy: runPolicy.prefault({}).describe('How often to try, and for how long.'),
};

const frozen = Object.keys(backupTemplate).filter((field) => field !== 'deletionPolicy');

const backupSpec = z
  .object({
    ...backupTemplate,
    pin: z.boolean().default(false).describe('Keep it: neither its ttl nor a retention removes it.'),
    cancel: z.boolean().default(false).describe('End it. What it made is cleared up.'),
  })
  .meta(
    rules(
      rule(
        'has(self.containerRef) != has(self.source)',
        'a backup has exactly one source: write containerRef, or source with claims or a selector',
      ),
      rule(
        "self.quiesce == 'None' || has(self.containerRef)",
        'only a Container can be stopped: write containerRef, or quiesce: None',
        '.quiesce',
      ),
      rule(
        "self.quiesce == 'None' || !has(self.hooks)",
        'hooks are run in pods, and quiesce: ScaleDown stops them: keep one of them',
        '.hooks',
      ),
      ...frozenFields(frozen, 'Backup'),
      rule('self.cancel || !oldSelf.cancel', 'a backup that was canceled cannot go on: make another Backup', '.cancel'),
    ),
  );

/** What a user declares, defaults filled in as the API server does. */
export interface BackupSpec extends z.output<typeof backupSpec> {}
/** What the operator reports. */
export interface BackupStatus extends z.output<typeof backupStatus> {}

/** One backup of the claims of a Container, or of any others. */
export const Backup = defineKind({
  kind: 'Backup',
  plural: 'backups',
  shortNames: ['bk'],
  description:
    'One backup of the claims of a Container, or of any others: taken from snapshots where the storage can make them, deduplicated, compressed, encrypted, and proven before it counts as Completed.',
  spec: backupSpec,
  status: backupStatus,
  columns: [
    { name: 'Phase', type: 'string', jsonPath: '.status.phase', description: 'What is going on, in one word.' },
    { name: 'Of', type: 'string', jsonPath: '.status.source', description: 'What is backed up.' },
    { name: 'Store', type: 'string', jsonPath: '.status.resolved.store', description: 'Where it is stored.' },
    { name: '%', type: 'integer', jsonPath: '.status.progress.percent', description: 'How far it is.' },
    { name: 'Size', type: 'string', jsonPath: '.status.size', description: 'Bytes of all files.' },
    { name: 'Added', type: 'string', jsonPath: '.status.added', description: 'Bytes the repository grew by.' },
    {
      name: 'Verified',
      type: 'string',
      jsonPath: '.status.verification.result',
      description: 'Whether it was proven.',
    },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Since when it is there.' },
  ],
});

/** A Backup as the API server returns it. */
export interface Backup extends Resource<BackupSpec, BackupStatus> {}
