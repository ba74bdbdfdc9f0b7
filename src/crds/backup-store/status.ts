/** What the operator reports of a BackupStore. */
import * as z from 'zod';
import { conditions, timestamp } from '../schema/condition.ts';
import { lastError } from '../schema/failure.ts';
import { text } from '../schema/names.ts';

/** Phases of a BackupStore: one word for eyes. Machines read the conditions. */
export const storePhases = ['Pending', 'Initializing', 'Ready', 'Degraded', 'Failed'] as const;
export type StorePhase = (typeof storePhases)[number];

/**
 * Conditions of a BackupStore, besides those kstatus reads:
 * - `BackendReachable`: the object store answers, has the bucket and takes the credentials
 * - `KeyAvailable`: the repository's password is there
 * - `RepositoryReady`: the repository exists and opens with it
 */
export const storeConditions = [
  'Ready',
  'Reconciling',
  'Stalled',
  'BackendReachable',
  'KeyAvailable',
  'RepositoryReady',
] as const;

/** `status`. */
export const storeStatus = z.object({
  observedGeneration: z.int().min(0).exactOptional().describe('Generation of the spec this status is about.'),
  phase: z.enum(storePhases).exactOptional().describe('One word for eyes; machines read the conditions.'),
  repositoryID: text(128)
    .exactOptional()
    .describe('Id of the repository, trusted from its creation on. One of another id is refused.'),
  keyID: text(128).exactOptional().describe('Which of its keys opens the repository; nothing of the key itself.'),
  keySecret: text(253).exactOptional().describe('Secret that holds the password. Keep a copy elsewhere.'),
  latencyMs: z.int32().min(0).exactOptional().describe('Milliseconds the store took to answer.'),
  clockSkewSeconds: z.int32().exactOptional().describe("Seconds the store's clock is ahead of the operator's."),
  lastValidatedAt: timestamp.exactOptional().describe('When the store last answered and took the credentials.'),
  lastError: lastError.exactOptional().describe('What keeps the store from being used; absent when nothing does.'),
  conditions: conditions(storeConditions)
    .exactOptional()
    .describe('Ready, Reconciling and Stalled, and one for each concern.'),
});
