/** When backups are made, which are kept and how they are proven: the fields of a BackupSchedule but for what is backed up. */
import * as z from 'zod';
import { duration } from '../schema/duration.ts';
import { text } from '../schema/names.ts';
import { cronLine } from './cron.ts';
import { drill } from './drill.ts';
import { retention } from './retention.ts';

/** `spec` of a BackupSchedule, and `spec.backup` of a Container. */
export const schedulePlan = {
  schedule: cronLine('schedule').describe(
    'When: a cron line of five fields, @daily or its like. H spreads schedules: `H 2 * * *` is some minute after two.',
  ),
  timeZone: text(64)
    .exactOptional()
    .describe('IANA name of the time zone the schedule is in, for example Europe/Berlin. UTC when absent.'),
  jitter: duration.exactOptional().describe('Begin up to so much later, by an amount of its own for each schedule.'),
  suspend: z.boolean().default(false).describe('Begin no further backups. Those that run go on, and retention too.'),
  concurrencyPolicy: z
    .enum(['Forbid', 'Allow', 'Replace'])
    .default('Forbid')
    .describe('When the last one still runs: Forbid waits for it, Allow begins another, Replace cancels it.'),
  startingDeadlineSeconds: z
    .int32()
    .min(10)
    .exactOptional()
    .describe(
      'Seconds after its time within which a backup may still begin. Without it, the latest missed one always does.',
    ),
  runOnCreate: z.boolean().default(false).describe('Begin a first backup at once.'),
  retention: retention.exactOptional().describe('Which completed backups are kept. Without it, all of them.'),
  drill: drill
    .exactOptional()
    .describe(
      'Restore the latest backup into scratch claims at times of its own, and have a program of yours look at the data.',
    ),
  failedHistoryLimit: z
    .int32()
    .min(0)
    .max(100)
    .default(3)
    .describe('How many backups that did not complete are kept to be looked at.'),
};
