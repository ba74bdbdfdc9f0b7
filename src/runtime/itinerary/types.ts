/** What a flow is made of: named steps, their results, and the lists they are walked in. */
import type { DokkerrError } from '../errors.ts';

/** Milliseconds. */
export type Duration = number;

/** How one entry into a step ended. */
export type StepResult =
  /**
   * `resolved` is what this step found. In a run it is settled once and for all: it goes to `status.resolved` and is never
   * replaced. `recheckAfter` (desired-state kinds): what was found holds for so long.
   */
  | {
      readonly kind: 'done';
      readonly message?: string;
      readonly resolved?: Readonly<Record<string, unknown>>;
      readonly recheckAfter?: Duration;
    }
  | { readonly kind: 'skip'; readonly reason: string }
  /** Woken by a watch, or after `recheckAfter`. `reason` is a condition's CamelCase word. */
  | { readonly kind: 'wait'; readonly reason: string; readonly message: string; readonly recheckAfter?: Duration }
  /**
   * `spent` (run kinds): the effect of this attempt is known to have ended, so the next attempt makes one of a new name.
   * Without it the next attempt adopts what may have been made: an answer that was lost is not an effect that was not had.
   */
  | { readonly kind: 'fail'; readonly error: DokkerrError; readonly spent?: boolean };

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

/** What a step of a run is told of the entry it makes. */
export interface StepEntry {
  /** The name of what this attempt makes: the same after a crash, another one after a `spent` failure. */
  readonly effectName: string;
  /** 0 at first; how many effects of this step are known to have ended without success */
  readonly attempt: number;
  /** `status.resolved`, with what earlier steps of this very pass settled */
  readonly resolved: Readonly<Record<string, unknown>>;
  /** every record as it is now: the object that the pass has read may be steps behind */
  readonly run: RunStatus;
}

/** A step of a run kind; a plain `Step` is one too. */
export interface RunStep<S> extends Omit<Step<S>, 'run'> {
  run(scope: S, entry: StepEntry): Promise<StepResult>;
  /** what was asked for is there while it waits, so that the run is Ready meanwhile */
  readonly atRest?: boolean;
}

export type ItineraryName = 'Forward' | 'Rollback' | 'Cancel';

/** The lists of a run kind. */
export interface Itinerary<S> {
  readonly forward: readonly RunStep<S>[];
  readonly rollback?: readonly RunStep<S>[];
  /** whether a failure has to be rolled back, for there may be nothing to undo yet; by default always */
  readonly rollsBack?: (scope: S, run: RunStatus) => boolean;
  readonly cancel?: readonly RunStep<S>[];
  /** thaw, resume, clean up: walked at every end, also after a crash and on delete */
  readonly duties?: readonly RunStep<S>[];
}

/** `status.steps[]` of a run kind. */
export interface StepRecord {
  name: string;
  /** the list it belongs to; Forward when absent */
  itinerary?: ItineraryName | 'Duties';
  state: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Skipped';
  /** RFC 3339 */
  startedAt?: string;
  completedAt?: string;
  message?: string;
  /** entries that ended in a retryable failure */
  attempts?: number;
  /** effects known to have ended without success */
  spent?: number;
  /** RFC 3339; not entered again before */
  retryAt?: string;
}

export type RunOutcome = 'Completed' | 'Failed' | 'Canceled' | 'RolledBack';

/** The part of a run kind's status that the engine keeps. Times are RFC 3339. */
export interface RunStatus {
  /** which list is being walked */
  itinerary: ItineraryName;
  steps: StepRecord[];
  /** what steps settled once and for all */
  resolved?: Record<string, unknown>;
  startedAt?: string;
  completedAt?: string;
  /** set once, after the last duty; nothing changes afterwards */
  outcome?: RunOutcome;
  /** what the run failed of, or is being rolled back for */
  failure?: RunFailure;
}

export interface RunFailure {
  step: string;
  /** `DKR_*` */
  code: string;
  class: string;
  /** CamelCase word of the error */
  reason?: string;
  message: string;
}

/** What a walk over a desired-state kind's steps found, in order; a step not reached is absent. */
export interface Walk {
  readonly steps: readonly { readonly name: string; readonly result: StepResult }[];
  /** the first step that waits or failed, if any */
  readonly stoppedAt: { readonly name: string; readonly result: StepResult } | undefined;
}

export const done = (message?: string, resolved?: Readonly<Record<string, unknown>>): StepResult => ({
  kind: 'done',
  ...(message === undefined ? {} : { message }),
  ...(resolved === undefined ? {} : { resolved }),
});
export const skip = (reason: string): StepResult => ({ kind: 'skip', reason });
export const wait = (reason: string, message: string, recheckAfter?: Duration): StepResult =>
  recheckAfter === undefined ? { kind: 'wait', reason, message } : { kind: 'wait', reason, message, recheckAfter };
export const fail = (error: DokkerrError): StepResult => ({ kind: 'fail', error });
/** A failure after which the next attempt starts over under a new name. */
export const spent = (error: DokkerrError): StepResult => ({ kind: 'fail', error, spent: true });
