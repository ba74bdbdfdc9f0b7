/** When a repository is looked after, and what became of it. */
import * as z from 'zod';
import { cronLine } from '../backup-schedule/cron.ts';
import { timestamp } from '../schema/condition.ts';
import { failureClasses } from '../schema/failure-class.ts';
import { text } from '../schema/names.ts';

/** A minute, an hour and a weekday of its own for each store. */
const weekly = 'H H * * H';

/** `spec.maintenance`. */
export const maintenanceSpec = z.object({
  suspend: z
    .boolean()
    .default(false)
    .describe('Begin no maintenance, for example while another cluster looks after the repository.'),
  prune: z
    .object({
      schedule: cronLine('maintenance.prune.schedule')
        .default(weekly)
        .describe('When, as a cron line; H is a value of its own for each store.'),
      timeZone: text(64)
        .exactOptional()
        .describe('IANA name of its time zone, for example Europe/Berlin. UTC when absent.'),
    })
    .prefault({})
    .describe('Removing data from the store that no backup needs any more.'),
  check: z
    .object({
      schedule: cronLine('maintenance.check.schedule')
        .default(weekly)
        .describe('When, as a cron line; H is a value of its own for each store.'),
      timeZone: text(64)
        .exactOptional()
        .describe('IANA name of its time zone, for example Europe/Berlin. UTC when absent.'),
      readDataPercent: z
        .int32()
        .min(0)
        .max(100)
        .default(5)
        .describe('How much of the data is read back, chosen at random; 0 looks at what describes it only.'),
    })
    .prefault({})
    .describe('Looking for damage.'),
});

/** `status.prune` and its like: what became of one kind of maintenance, and when it is due. */
export const taskStatus = z.object({
  nextAt: timestamp.exactOptional().describe('When it is due.'),
  startedAt: timestamp.exactOptional().describe('When the last one began.'),
  handledRequest: text(128).exactOptional().describe('The request, by annotation, that was obeyed last.'),
  jobUID: text(64).exactOptional().describe('The Job whose end was taken note of last.'),
  failures: z.int32().min(0).exactOptional().describe('How often it failed in a row.'),
  failure: z.enum(failureClasses).exactOptional().describe('What kind of failure the last one ended with.'),
  message: z.string().max(4096).exactOptional().describe('What the last one found, or failed of.'),
  underWay: z.string().max(4096).exactOptional().describe('What it does or waits for; absent while it is not due.'),
  held: z.string().max(4096).exactOptional().describe('Why it must not be done although it is due.'),
});

/** `status.rotation`. */
export const rotationStatus = taskStatus.extend({
  nextKeyID: text(128)
    .exactOptional()
    .describe('Key of the new password, where that is given by you: it opens the repository, and is not in use yet.'),
  previousKeyID: text(128).exactOptional().describe('Key that is removed once its grace is over.'),
  replacedAt: timestamp.exactOptional().describe('When that was replaced.'),
});

/** `spec.maintenance`. */
export type MaintenanceSpec = z.infer<typeof maintenanceSpec>;
/** `status.prune` and its like. */
export type TaskStatus = z.infer<typeof taskStatus>;
/** `status.rotation`. */
export type RotationStatus = z.infer<typeof rotationStatus>;
