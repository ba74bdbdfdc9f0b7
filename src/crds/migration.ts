/** The kind `Migration`: moves volumes to another class, size, name or namespace, with a way back. */
import * as z from 'zod';
import { defineKind } from './kind.ts';
import { source, target } from './migration/places.ts';
import { programs } from './migration/program.ts';
import { migrationRules } from './migration/rules.ts';
import { migrationStatus } from './migration/status.ts';
import { check } from './run/check.ts';
import { mover, runPolicy } from './run/mover.ts';
import { rule, rules } from './schema/annotations.ts';
import { duration } from './schema/duration.ts';
import { objectName } from './schema/names.ts';
import type { Resource } from './schema/object.ts';

export type { MigrationTarget } from './migration/places.ts';
export type { MigrationPlan, PlannedVolume, WorkloadRef } from './migration/plan.ts';
export type { Program } from './migration/program.ts';
export type { MigratedVolume, ResolvedMigration, RetainedVolume } from './migration/resolved.ts';
export { type MigrationPhase, migrationPhases } from './migration/status.ts';

/** `0s` for not at all, else as durations are. */
const durationOrNone = z
  .string()
  .max(10)
  .regex(/^(0s|[1-9][0-9]*(s|m|h|d))$/);

const switchOver = z.object({
  strategy: z
    .enum(['SwapClaim', 'NewClaim'])
    .default('SwapClaim')
    .describe(
      'SwapClaim gives the new volume to the claim of the old name, so that nothing else changes. NewClaim leaves the old claim as it is and points what uses it at target.name.',
    ),
  requireApproval: z
    .boolean()
    .default(false)
    .describe('Wait, with everything copied and the application running, until approved is true.'),
  approved: z.boolean().default(false).describe('Go on. Who may write it needs the verb approve on migrations.'),
  readyWithin: duration
    .default('10m')
    .describe('How long the application may take to be ready with the new volume, before the old one comes back.'),
});

const migrationSpec = z
  .object({
    source: source.describe('What to move.'),
    target: target.prefault({}).describe('What is to be different in the end.'),
    storeRef: z
      .object({ name: objectName.describe('Name of the BackupStore, in the same namespace.') })
      .exactOptional()
      .describe('Store the data is carried through; the default BackupStore of the namespace when absent.'),
    transform: programs
      .exactOptional()
      .describe(
        'Programs that change a staged copy of the data at /data, in order; the old volume is never written. The application stands still from the first of them until it runs with the result.',
      ),
    validate: programs
      .exactOptional()
      .describe('Programs that judge the transformed data at /data, which they cannot write: each has to exit with 0.'),
    mode: z
      .enum(['Full', 'StageOnly'])
      .default('Full')
      .describe(
        'StageOnly makes the new claim with the data and stops, starts and changes nothing else; its backup stays in the store, as the way into another cluster.',
      ),
    preSyncPasses: z
      .int32()
      .min(1)
      .max(5)
      .default(1)
      .describe(
        'How often the data is copied while the application runs, before it is stopped for what changed since.',
      ),
    verify: z
      .object({
        checksum: z
          .enum(['Full', 'Sample'])
          .default('Sample')
          .describe(
            'Before the switch every file, folder and link of both volumes is compared by kind, size, mode, owner and time: and the content of all files, or of a sample.',
          ),
        job: check
          .exactOptional()
          .describe('A program of your own that looks at the new volume at /data; it has to exit with 0.'),
      })
      .prefault({})
      .describe('How the new volume is proven before anything is switched over.'),
    switchOver: switchOver.prefault({}).describe('How the new volume takes the place of the old one.'),
    keepSource: z
      .object({
        for: durationOrNone
          .default('24h')
          .describe('How long the old volume is kept after the switch, for example 7d. 0s does without a way back.'),
      })
      .prefault({})
      .describe('Until when there is a way back. It may be changed while the old volume is kept.'),
    rollback: z
      .object({
        automatic: z
          .boolean()
          .default(true)
          .describe(
            'Undo everything when a step fails. Without it, a failure before the switch ends the Migration, and an application that is not Ready after it is left for you to mend, or to take back with rollback.requested.',
          ),
        requested: z
          .boolean()
          .default(false)
          .describe(
            'Undo everything now; possible until status.pointOfNoReturn. What the application wrote since the switch stays on the new volume, which is kept.',
          ),
      })
      .prefault({})
      .describe('The way back.'),
    mover: mover.exactOptional().describe('How the pods run that read and write the volumes.'),
    runPolicy: runPolicy.prefault({}).describe('How often to try, and for how long.'),
    dryRun: z.boolean().default(false).describe('Only plan: status.plan says what would be done.'),
    cancel: z.boolean().default(false).describe('End it, and undo what was done.'),
  })
  .meta(rules(...migrationRules));

/** What a user declares, defaults filled in as the API server does. */
export interface MigrationSpec extends z.output<typeof migrationSpec> {}
/** What the operator reports. */
export interface MigrationStatus extends z.output<typeof migrationStatus> {}

/** Moves volumes, with a way back. */
export const Migration = defineKind({
  kind: 'Migration',
  plural: 'migrations',
  shortNames: ['mig'],
  description:
    'Moves volumes to another storage class, size, access mode, name or namespace: planned first, copied while the application runs, proven, switched over in one short stop, and undone by itself when anything goes wrong.',
  spec: migrationSpec,
  status: migrationStatus,
  rules: [
    rule(
      'self.metadata.name.size() <= 200',
      'the name of a Migration has at most 200 characters, since its backups are called after it: write a shorter one',
      '.metadata.name',
    ),
  ],
  columns: [
    { name: 'Phase', type: 'string', jsonPath: '.status.phase', description: 'What is going on, in one word.' },
    { name: 'Of', type: 'string', jsonPath: '.status.source', description: 'What is moved.' },
    { name: 'To', type: 'string', jsonPath: '.status.target', description: 'What is different in the end.' },
    { name: '%', type: 'integer', jsonPath: '.status.progress.percent', description: 'How far the transfer is.' },
    {
      name: 'Downtime',
      type: 'integer',
      jsonPath: '.status.downtime.seconds',
      description: 'Seconds the application stood still.',
    },
    {
      name: 'Undo-Until',
      type: 'string',
      jsonPath: '.status.pointOfNoReturn',
      description: 'Until when there is a way back.',
      priority: 1,
    },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Since when it is there.' },
  ],
});

/** A Migration as the API server returns it. */
export interface Migration extends Resource<MigrationSpec, MigrationStatus> {}
