/** What a flow is made of: named steps, their results, and the lists they are walked in. */
import type { DokkerrError } from '../errors.ts';

/** Milliseconds. */
export type Duration = number;

/** How one entry into a step ended. */
export type StepResult =
  | { readonly kind: 'done'; readonly message?: string }
  | { readonly kind: 'skip'; readonly reason: string }
  /** Woken by a watch, or after `recheckAfter`. `reason` is a condition's CamelCase word. */
  | { readonly kind: 'wait'; readonly reason: string; readonly message: string; readonly recheckAfter?: Duration }
  | { readonly kind: 'fail'; readonly error: DokkerrError };

/** One named piece of a flow. Safe to enter again at any time: look first, act only on a difference. */
export interface Step<S> {
  /** the flow's own word: 'CheckResources', 'SwitchOver' */
  readonly name: string;
  run(scope: S): Promise<StepResult>;
  /** passing it is a failure of code DKR_DEADLINE */
  readonly deadline?: (scope: S) => Duration;
  /** desired-state kinds: a wait or failure here does not keep the steps behind it from being walked */
  readonly independent?: boolean;
  /** run kinds: has an effect outside its own status, so it is recorded Running before it acts */
  readonly effect?: boolean;
}

export type ItineraryName = 'Forward' | 'Rollback' | 'Cancel';

/** The lists of a run kind. */
export interface Itinerary<S> {
  readonly forward: readonly Step<S>[];
  readonly rollback?: readonly Step<S>[];
  readonly cancel?: readonly Step<S>[];
  /** thaw, resume, clean up: walked at every end, also after a crash and on delete */
  readonly duties?: readonly Step<S>[];
}

/** `status.steps[]` of a run kind. */
export interface StepRecord {
  name: string;
  state: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Skipped';
  /** RFC 3339 */
  startedAt?: string;
  completedAt?: string;
  message?: string;
  /** entries that ended in a retryable failure */
  attempts?: number;
}

/** What a walk over a desired-state kind's steps found, in order; a step not reached is absent. */
export interface Walk {
  readonly steps: readonly { readonly name: string; readonly result: StepResult }[];
  /** the first step that waits or failed, if any */
  readonly stoppedAt: { readonly name: string; readonly result: StepResult } | undefined;
}

export const done = (message?: string): StepResult =>
  message === undefined ? { kind: 'done' } : { kind: 'done', message };
export const skip = (reason: string): StepResult => ({ kind: 'skip', reason });
export const wait = (reason: string, message: string, recheckAfter?: Duration): StepResult =>
  recheckAfter === undefined ? { kind: 'wait', reason, message } : { kind: 'wait', reason, message, recheckAfter };
export const fail = (error: DokkerrError): StepResult => ({ kind: 'fail', error });
