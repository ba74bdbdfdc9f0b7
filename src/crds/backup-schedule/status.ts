/** What the operator reports of a BackupSchedule. */
import * as z from 'zod';
import { conditions, timestamp } from '../schema/condition.ts';
import { lastError } from '../schema/failure.ts';
import { listOf } from '../schema/lists.ts';
import { objectName, text } from '../schema/names.ts';

/** `status`. */
export const scheduleStatus = z.object({
  observedGeneration: z.int().min(0).exactOptional().describe('Generation of the spec this status is about.'),
  lastScheduleTime: timestamp.exactOptional().describe('The last time for which a backup was begun.'),
  nextScheduleTime: timestamp.exactOptional().describe('When the next one is due.'),
  lastSuccessfulTime: timestamp.exactOptional().describe('When the last one completed.'),
  lastSuccessfulBackup: objectName.exactOptional().describe('The last one that completed.'),
  lastSkipped: z
    .object({
      at: timestamp.describe('The time that was skipped.'),
      reason: text(256).describe('Why.'),
    })
    .exactOptional()
    .describe('The last time for which no backup was begun.'),
  missedRuns: z
    .int32()
    .min(0)
    .exactOptional()
    .describe('How many times passed by while no operator was there, all in all.'),
  consecutiveFailures: z
    .int32()
    .min(0)
    .exactOptional()
    .describe('How many of the last ones in a row did not complete.'),
  lastDrillTime: timestamp.exactOptional().describe('The last time for which a drill was begun.'),
  nextDrillTime: timestamp.exactOptional().describe('When the next drill is due.'),
  lastVerifiedTime: timestamp
    .exactOptional()
    .describe('When a drill last restored a backup and found nothing wrong: the proof.'),
  lastVerifiedBackup: objectName.exactOptional().describe('The backup which that drill restored.'),
  consecutiveDrillFailures: z
    .int32()
    .min(0)
    .exactOptional()
    .describe('How many of the last drills in a row have failed, of those that are kept.'),
  active: listOf(objectName, 100).exactOptional().describe('Backups that run.'),
  lastError: lastError.exactOptional().describe('What is wrong with the schedule; absent when nothing is.'),
  conditions: conditions(['Ready', 'Reconciling', 'Stalled', 'Proven'])
    .exactOptional()
    .describe('Ready, Reconciling and Stalled; Proven says how the last drill ended.'),
});
