/** The part of a run kind's status that every run kind has: which steps there are, and how far they came. */
import * as z from 'zod';
import { conditions, timestamp } from '../schema/condition.ts';
import { errorClasses } from '../schema/failure.ts';
import { listOf } from '../schema/lists.ts';
import { text } from '../schema/names.ts';

const step = z.object({
  name: text(64).describe('The step.'),
  itinerary: z
    .enum(['Forward', 'Rollback', 'Cancel', 'Duties'])
    .exactOptional()
    .describe('List the step belongs to; Forward when absent. Duties are done at every end.'),
  state: z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Skipped']).describe('How far it is.'),
  startedAt: timestamp.exactOptional().describe('When it was first entered.'),
  completedAt: timestamp.exactOptional().describe('When it ended.'),
  message: z.string().max(4096).exactOptional().describe('What it waits for, or how it ended.'),
  attempts: z.int32().min(0).exactOptional().describe('How often it failed and was tried again.'),
  spent: z.int32().min(0).exactOptional().describe('How many of its Jobs ended without success.'),
  retryAt: timestamp.exactOptional().describe('When it is tried again.'),
});

/** Conditions of a run, as kstatus reads them: Reconciling while under way, Ready once completed, Stalled once failed. */
export const runConditionTypes = ['Ready', 'Reconciling', 'Stalled'] as const;

/**
 * Fields of the status of a run whose steps settle `resolved`.
 * @param conditionTypes what the kind tells besides
 */
export function runStatus<Resolved extends z.ZodType>(
  resolved: Resolved,
  conditionTypes: readonly string[] = runConditionTypes,
) {
  return {
    observedGeneration: z.int().min(0).exactOptional().describe('Generation of the spec this status is about.'),
    itinerary: z
      .enum(['Forward', 'Rollback', 'Cancel'])
      .exactOptional()
      .describe('Which list of steps is being walked.'),
    steps: listOf(step, 64).exactOptional().describe('Every step of the run, in order.'),
    resolved: resolved.exactOptional().describe('What the run settled once and for all.'),
    startedAt: timestamp.exactOptional().describe('When the run began.'),
    completedAt: timestamp.exactOptional().describe('When the run ended.'),
    outcome: z
      .enum(['Completed', 'Failed', 'Canceled', 'RolledBack'])
      .exactOptional()
      .describe('How the run ended. Once set, nothing changes any more.'),
    failure: z
      .object({
        step: text(64).describe('Step it failed at.'),
        code: text(64).describe('Stable code of the error, as in the runbooks.'),
        class: z.enum(errorClasses).describe('Class of the error.'),
        reason: text(128).exactOptional().describe('Why, as one CamelCase word for machines.'),
        message: z.string().max(4096).describe('What went wrong, and what to do about it.'),
      })
      .exactOptional()
      .describe('What the run failed of.'),
    conditions: conditions(conditionTypes)
      .exactOptional()
      .describe(`${listed(conditionTypes)}.`),
  };
}

/** `Ready, Reconciling and Stalled`. */
function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
