/**
 * What a run has to do next, decided from its status alone, so that any replica can take the next pass. Pure: the whole
 * of a run's life is in this table of cases, and in `record.ts`, which says what each result makes of the status.
 */
import { recordOf } from './record.ts';
import type { Duration, ItineraryName, RunOutcome, RunStatus, StepRecord } from './types.ts';

/** Of a step, what deciding needs. */
export interface StepFacts {
  readonly name: string;
  readonly effect: boolean;
  /** milliseconds since its first entry */
  readonly deadline: Duration;
}

/** The lists of a run, as far as deciding needs them. */
export type ItineraryFacts = Readonly<Record<ListName, readonly StepFacts[]>>;

export type ListName = ItineraryName | 'Duties';

export interface Situation {
  readonly now: Date;
  /** the user asked to cancel, or deleted the run */
  readonly mustCancel: boolean;
  /** the user asked to have everything undone; nothing where there are no steps for that */
  readonly mustRollBack: boolean;
  /** a failure now is to be undone, as far as there are steps for that */
  readonly rollsBack: boolean;
  /** milliseconds the forward list may take, from `startedAt` */
  readonly runDeadline: Duration;
}

export type Decision =
  | {
      readonly kind: 'enter';
      readonly list: ListName;
      readonly step: StepFacts;
      readonly record: StepRecord | undefined;
      /** its time is over: what it does not find done now, it never will. Nobody may have looked since it was in time. */
      readonly isLast: boolean;
    }
  /** not yet: the last attempt asked for a pause */
  | { readonly kind: 'pause'; readonly until: Date }
  /** the run took too long */
  | { readonly kind: 'expire'; readonly list: ListName; readonly step: StepFacts; readonly afterMs: Duration }
  | { readonly kind: 'switch'; readonly to: 'Rollback' | 'Cancel' }
  | { readonly kind: 'finish'; readonly outcome: RunOutcome }
  /** terminal */
  | { readonly kind: 'rest' };

export function next(status: RunStatus, itinerary: ItineraryFacts, situation: Situation): Decision {
  if (status.outcome !== undefined) return { kind: 'rest' };
  const { itinerary: list } = status;
  const isFailed = itinerary[list].some(({ name }) => recordOf(status, list, name)?.state === 'Failed');
  const step = isFailed ? undefined : firstOpen(status, list, itinerary);
  const rollsBack = situation.rollsBack && itinerary.Rollback.length > 0;
  if (isFailed && list === 'Forward' && rollsBack) return { kind: 'switch', to: 'Rollback' };
  if (step === undefined) return end(status, itinerary, isFailed ? 'Failed' : outcomeOf[list], situation);
  if (list === 'Forward' && situation.mustCancel) return { kind: 'switch', to: 'Cancel' };
  if (list === 'Forward' && situation.mustRollBack && itinerary.Rollback.length > 0) {
    return { kind: 'switch', to: 'Rollback' };
  }
  if (list === 'Forward' && isPast(status.startedAt, situation.runDeadline, situation.now)) {
    return { kind: 'expire', list, step, afterMs: situation.runDeadline };
  }
  return approach(status, list, step, situation);
}

const outcomeOf: Readonly<Record<ItineraryName, RunOutcome>> = {
  Forward: 'Completed',
  Rollback: 'RolledBack',
  Cancel: 'Canceled',
};

/** Duties stand between every end and its outcome; one that failed for good does not keep the others from being done. */
function end(status: RunStatus, itinerary: ItineraryFacts, outcome: RunOutcome, situation: Situation): Decision {
  const duty = firstOpen(status, 'Duties', itinerary);
  return duty === undefined ? { kind: 'finish', outcome } : approach(status, 'Duties', duty, situation);
}

function approach(status: RunStatus, list: ListName, step: StepFacts, { now }: Situation): Decision {
  const record = recordOf(status, list, step.name);
  if (isPast(record?.startedAt, step.deadline, now)) return { kind: 'enter', list, step, record, isLast: true };
  const retryAt = record?.retryAt === undefined ? undefined : new Date(record.retryAt);
  if (retryAt !== undefined && retryAt > now) return { kind: 'pause', until: retryAt };
  return { kind: 'enter', list, step, record, isLast: false };
}

function firstOpen(status: RunStatus, list: ListName, itinerary: ItineraryFacts): StepFacts | undefined {
  return itinerary[list].find(({ name }) => {
    const state = recordOf(status, list, name)?.state;
    return state === undefined || state === 'Pending' || state === 'Running';
  });
}

function isPast(since: string | undefined, limit: Duration, now: Date): boolean {
  return since !== undefined && now.getTime() - Date.parse(since) > limit;
}
