/** What is done about a Container whose pods fail without anybody's doing, and what the operator reports of it. */
import * as z from 'zod';
import { timestamp } from '../schema/condition.ts';
import { duration } from '../schema/duration.ts';
import { text } from '../schema/names.ts';

/** `spec.recovery`. */
export const recovery = z.object({
  maxAttempts: z
    .int32()
    .min(0)
    .max(10)
    .default(3)
    .describe('How often failed pods are replaced before the Container is left to a person. 0 attempts nothing.'),
  pause: duration
    .default('1m')
    .describe(
      'How long a failure has to last before the first attempt, as in 30s or 5m. Each further pause is four times as long, up to an hour; ten such pauses of being Ready end the count.',
    ),
});

/**
 * - `CrashLoop`: the kubelet starts a program again and again, later and later
 * - `NodeLost`: the node of a pod that does not run is gone or does not answer
 */
export const recoveryCauses = ['CrashLoop', 'NodeLost'] as const;
export type RecoveryCause = (typeof recoveryCauses)[number];

/**
 * - `Recovering`: attempts are made, or what they led to is watched
 * - `Blocked`: no attempt is safe until a person has done what the message says
 * - `Recovered`: Ready long enough to forget the failure
 * - `GaveUp`: every attempt was in vain
 */
export const recoveryStates = ['Recovering', 'Blocked', 'Recovered', 'GaveUp'] as const;

/** `status.recovery`. */
export const recoveryStatus = z.object({
  state: z.enum(recoveryStates).describe('How far it has come.'),
  cause: z.enum(recoveryCauses).describe('What was found to have failed.'),
  message: text(4096).describe('What failed, and what was done about it or is left to do.'),
  attempts: z.int32().min(0).describe('Attempts made so far.'),
  maxAttempts: z.int32().min(0).describe('Attempts there may be: spec.recovery.maxAttempts.'),
  detectedAt: timestamp.describe('When the failure was first seen.'),
  lastAttemptAt: timestamp.exactOptional().describe('When pods were last replaced.'),
  nextAttemptAt: timestamp
    .exactOptional()
    .describe('When the next attempt is due, if the failure lasts; after the last one, when it is given up.'),
});

/** `status.restored`. */
export const restored = z.object({
  count: z.int32().min(1).describe('How many deleted children were made again since the Container was created.'),
  last: text(320).describe('Kind and name of the last one.'),
  at: timestamp.describe('When that was.'),
});

/** `spec.recovery`, defaults filled in. */
export type RecoveryPolicy = z.infer<typeof recovery>;
export type RecoveryStatus = z.infer<typeof recoveryStatus>;
export type RestoredChildren = z.infer<typeof restored>;
