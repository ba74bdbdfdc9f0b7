/** The last error of an object, as its status shows it. */
import * as z from 'zod';
import { timestamp } from './condition.ts';
import { text } from './names.ts';

/** What an error's class means for whoever reads it: wait, supply what is missing, make room, or change the spec. */
export const errorClasses = ['transient', 'conflict', 'dependency', 'capacity', 'permanent'] as const;

export const lastError = z.object({
  code: text(64)
    .regex(/^DKR_[A-Z0-9_]+$/)
    .describe('Stable code of the error, as in the runbooks.'),
  class: z
    .enum(errorClasses)
    .describe(
      'What happens next: transient and conflict are retried, dependency and capacity wait for what the message names, permanent waits for a change of the spec.',
    ),
  message: z.string().max(4096).describe('What went wrong, and what to do about it.'),
  at: timestamp.describe('When it was first seen.'),
});

/** `status.lastError`. */
export type LastError = z.infer<typeof lastError>;
