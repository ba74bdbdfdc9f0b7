/** The kind `BackupSchedule`: backups at fixed times, and which of them are kept. */
import * as z from 'zod';
import { backupTemplate } from './backup.ts';
import { schedulePlan } from './backup-schedule/plan.ts';
import { scheduleStatus } from './backup-schedule/status.ts';
import { defineKind } from './kind.ts';
import { rule, rules } from './schema/annotations.ts';
import type { Resource } from './schema/object.ts';

export type { Retention } from './backup-schedule/retention.ts';

const scheduleSpec = z.object({
  ...schedulePlan,
  template: z
    .object(backupTemplate)
    .meta(
      rules(
        rule(
          'has(self.containerRef) != has(self.source)',
          'a backup has exactly one source: write containerRef, or source with claims or a selector',
        ),
      ),
    )
    .describe('The backups to make.'),
});

/** What a user declares, defaults filled in as the API server does. */
export interface BackupScheduleSpec extends z.output<typeof scheduleSpec> {}
/** What the operator reports. */
export interface BackupScheduleStatus extends z.output<typeof scheduleStatus> {}

/** Backups at fixed times. */
export const BackupSchedule = defineKind({
  kind: 'BackupSchedule',
  plural: 'backupschedules',
  shortNames: ['bks'],
  description:
    'Backups at fixed times, in a time zone of your own, and which of them are kept. Deleting it keeps every backup it has made.',
  spec: scheduleSpec,
  status: scheduleStatus,
  rules: [
    rule(
      'self.metadata.name.size() <= 50',
      'the name of a BackupSchedule has at most 50 characters, since its backups carry it in a label: write a shorter one',
      '.metadata.name',
    ),
  ],
  columns: [
    { name: 'Schedule', type: 'string', jsonPath: '.spec.schedule', description: 'When.' },
    { name: 'Suspend', type: 'boolean', jsonPath: '.spec.suspend', description: 'Whether it rests.' },
    { name: 'Last', type: 'date', jsonPath: '.status.lastScheduleTime', description: 'The last time one was begun.' },
    {
      name: 'Last-Success',
      type: 'date',
      jsonPath: '.status.lastSuccessfulTime',
      description: 'When the last one completed.',
    },
    {
      name: 'Proven',
      type: 'date',
      jsonPath: '.status.lastVerifiedTime',
      description: 'When a drill last restored one of its backups and found nothing wrong.',
    },
    { name: 'Next', type: 'string', jsonPath: '.status.nextScheduleTime', description: 'When the next one is due.' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Since when it is there.' },
  ],
});

/** A BackupSchedule as the API server returns it. */
export interface BackupSchedule extends Resource<BackupScheduleSpec, BackupScheduleStatus> {}
