/**
 * Takes a run as far as it goes in one pass: decide (`next.ts`), act, record (`record.ts`), until something has to be
 * waited for. Nothing is kept in memory: a pass that is cut off anywhere is taken up by the next from the status alone.
 */
import { DokkerrError } from '../errors.ts';
import { sameJson } from '../merge-patch.ts';
import { effectName } from './effect-name.ts';
import { type Decision, type ItineraryFacts, type ListName, next, type Situation } from './next.ts';
import { concluded, finished, givenUp, initialStatus, recordOf, running, switched } from './record.ts';
import type { Duration, Itinerary, RunStatus, RunStep, StepResult } from './types.ts';
import { timed, type WalkOptions } from './walk.ts';

/** Nothing may stay Running for ever: what a step gets that names no deadline. A transfer of a day is a long one. */
const DEFAULT_STEP_DEADLINE_MS = 24 * 3_600_000;
/** Duties stand between the run and its end, and users wait for both. */
const DEFAULT_DUTY_DEADLINE_MS = 600_000;
const DEFAULT_RUN_DEADLINE_MS = 7 * 24 * 3_600_000;
/** How long a missing dependency or a lack of room is left to its watch. */
const SLOW_RECHECK_MS = 60_000;
const WAIT_RECHECK_MS = 300_000;

export interface RunOptions<S> extends WalkOptions {
  readonly itinerary: Itinerary<S>;
  readonly scope: S;
  /** the run's UID */
  readonly uid: string;
  /** as stored; undefined for a run that has not begun */
  readonly status: RunStatus | undefined;
  /** the user asked to cancel, or deleted the run */
  readonly mustCancel: boolean;
  /** the user asked to have it undone; cancelling comes first */
  readonly mustRollBack?: boolean;
  /** milliseconds the forward list may take (default a week) */
  readonly deadline?: Duration;
  /**
   * Stores the status and resolves once it is. Must fail with class conflict when what is stored is not what this pass
   * read or saved last: a pass on old data may look, but never write.
   */
  readonly save: (status: RunStatus) => Promise<void>;
}

export interface RunProgress {
  readonly status: RunStatus;
  /** milliseconds until the run has to be looked at again though no watch fired; undefined once it is terminal */
  readonly recheckAfter: Duration | undefined;
}

/** @throws what `save` throws, and the signal's reason once it is aborted: the next pass takes up from what was saved */
export async function advance<S>(options: RunOptions<S>): Promise<RunProgress> {
  return new Advance(options).run();
}

class Advance<S> {
  readonly #options: RunOptions<S>;
  readonly #facts: ItineraryFacts;
  readonly #steps: Readonly<Record<ListName, readonly RunStep<S>[]>>;
  #status: RunStatus;
  /** what is stored; anything else in `#status` is lost with the process */
  #saved: RunStatus | undefined;

  constructor(options: RunOptions<S>) {
    const { forward, rollback = [], cancel = [], duties = [] } = options.itinerary;
    this.#options = options;
    this.#steps = { Forward: forward, Rollback: rollback, Cancel: cancel, Duties: duties };
    this.#facts = {
      Forward: this.#factsOf('Forward'),
      Rollback: this.#factsOf('Rollback'),
      Cancel: this.#factsOf('Cancel'),
      Duties: this.#factsOf('Duties'),
    };
    this.#saved = options.status;
    this.#status = options.status ?? initialStatus(forward, options.clock.now());
  }

  async run(): Promise<RunProgress> {
    for (;;) {
      const decision = next(this.#status, this.#facts, this.#situation());
      const recheckAfter = await this.#carryOut(decision);
      if (recheckAfter === 'go on') continue;
      await this.#save();
      return { status: this.#status, recheckAfter };
    }
  }

  async #carryOut(decision: Decision): Promise<Duration | undefined | 'go on'> {
    const now = this.#options.clock.now();
    switch (decision.kind) {
      case 'rest':
        return undefined;
      case 'pause':
        return Math.max(0, decision.until.getTime() - now.getTime());
      case 'switch':
        this.#status = switched(this.#status, decision.to, this.#facts[decision.to], now);
        return 'go on';
      case 'finish':
        this.#status = finished(this.#status, decision.outcome, now);
        return undefined;
      case 'expire':
        this.#status = this.#overdue(decision.list, decision.step.name, decision.afterMs);
        return 'go on';
      case 'enter':
        return this.#enter(decision);
    }
  }

  async #enter({ list, step, isLast }: Extract<Decision, { kind: 'enter' }>): Promise<Duration | 'go on'> {
    const { clock, uid, scope } = this.#options;
    const definition = this.#steps[list].find(({ name }) => name === step.name);
    if (definition === undefined) throw new DokkerrError('DKR_INTERNAL', `no step ${step.name} in ${list}`);
    this.#status = running(this.#status, list, step.name, clock.now());
    // From here on something may exist outside; the record that says so comes first.
    if (step.effect) await this.#save();
    const attempt = recordOf(this.#status, list, step.name)?.spent ?? 0;
    const entry = {
      attempt,
      effectName: effectName(uid, list === 'Forward' ? step.name : `${list}/${step.name}`, attempt),
      resolved: this.#status.resolved ?? {},
      run: this.#status,
    };
    const result = await timed(step.name, this.#options, () => definition.run(scope, entry));
    this.#options.signal.throwIfAborted();
    this.#status = concluded(this.#status, list, step.name, result, clock.now());
    if (isOver(result, this.#status, list, step.name)) return 'go on';
    if (!isLast) return this.#recheck(result, list, step.name, step.deadline);
    this.#status = this.#overdue(list, step.name, step.deadline);
    return 'go on';
  }

  #overdue(list: ListName, name: string, afterMs: Duration): RunStatus {
    const error = new DokkerrError('DKR_DEADLINE', `${name} was not done within ${Math.round(afterMs / 1000)} s`);
    return givenUp(this.#status, list, name, error, this.#options.clock.now());
  }

  /** Never later than the deadline: that has to be noticed too. */
  #recheck(result: StepResult, list: ListName, name: string, deadline: Duration): Duration {
    const now = this.#options.clock.now().getTime();
    const record = recordOf(this.#status, list, name);
    const startedAt = record?.startedAt === undefined ? now : Date.parse(record.startedAt);
    const left = startedAt + deadline - now + 1;
    if (record?.retryAt !== undefined) return Math.max(0, Math.min(left, Date.parse(record.retryAt) - now));
    const asked = result.kind === 'wait' ? (result.recheckAfter ?? WAIT_RECHECK_MS) : SLOW_RECHECK_MS;
    return Math.max(0, Math.min(left, asked));
  }

  async #save(): Promise<void> {
    if (this.#saved !== undefined && sameJson(this.#status, this.#saved)) return;
    await this.#options.save(this.#status);
    this.#saved = this.#status;
  }

  #situation(): Situation {
    const { clock, mustCancel, mustRollBack = false, deadline, itinerary, scope } = this.#options;
    const rollsBack = itinerary.rollsBack?.(scope, this.#status) ?? true;
    const runDeadline = deadline ?? DEFAULT_RUN_DEADLINE_MS;
    return { now: clock.now(), mustCancel, mustRollBack, rollsBack, runDeadline };
  }

  #factsOf(list: ListName): ItineraryFacts[ListName] {
    const byDefault = list === 'Duties' ? DEFAULT_DUTY_DEADLINE_MS : DEFAULT_STEP_DEADLINE_MS;
    return this.#steps[list].map(({ name, effect = false, deadline }) => ({
      name,
      effect,
      deadline: deadline?.(this.#options.scope) ?? byDefault,
    }));
  }
}

/** The step needs no further entry now: it ended, or it failed for good. */
function isOver(result: StepResult, status: RunStatus, list: ListName, name: string): boolean {
  if (result.kind === 'done' || result.kind === 'skip') return true;
  return recordOf(status, list, name)?.state === 'Failed';
}
