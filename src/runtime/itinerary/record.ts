/** What the result of an entry makes of a run's status. Pure: each function returns a new status. */
import type { DokkerrError } from '../errors.ts';
import type { ListName } from './next.ts';
import type { RunOutcome, RunStatus, StepRecord, StepResult } from './types.ts';

/** Attempts a step has before a failure that could be retried counts as permanent. */
export const MAX_ATTEMPTS = 10;

/** Pauses between attempts: 1 s doubling to 5 min, so ten attempts outlast an API server that is away for ten minutes. */
const RETRY_BASE_MS = 1000;
const RETRY_MAX_MS = 300_000;

export function recordOf(status: RunStatus, list: ListName, name: string): StepRecord | undefined {
  return status.steps.find((record) => record.name === name && (record.itinerary ?? 'Forward') === list);
}

/** A run that has just been found: every step of its forward list Pending, so that a person sees what is to come. */
export function initialStatus(forward: readonly { readonly name: string }[], now: Date): RunStatus {
  return {
    itinerary: 'Forward',
    startedAt: time(now),
    steps: forward.map(({ name }) => ({ name, state: 'Pending' })),
  };
}

/** The step is being entered. Its first entry fixes `startedAt`, from which its deadline counts. */
export function running(status: RunStatus, list: ListName, name: string, now: Date): RunStatus {
  return withRecord(status, list, name, (record) => {
    const entered: StepRecord = { ...record, state: 'Running', startedAt: record.startedAt ?? time(now) };
    delete entered.retryAt;
    return entered;
  });
}

/** The status after an entry ended with `result`. The record is Running already, see `running`. */
export function concluded(status: RunStatus, list: ListName, name: string, result: StepResult, now: Date): RunStatus {
  switch (result.kind) {
    case 'done': {
      const resolved = { ...result.resolved, ...status.resolved };
      const settled = Object.keys(resolved).length === 0 ? status : { ...status, resolved };
      return closed(settled, list, name, 'Succeeded', result.message, now);
    }
    case 'skip':
      return closed(status, list, name, 'Skipped', result.reason, now);
    case 'wait':
      return withRecord(status, list, name, (record) => ({ ...record, message: result.message }));
    case 'fail':
      return failed(status, list, name, result, now);
  }
}

function failed(
  status: RunStatus,
  list: ListName,
  name: string,
  { error, spent = false }: Extract<StepResult, { kind: 'fail' }>,
  now: Date,
): RunStatus {
  const isRetryable = error.class === 'transient' || error.class === 'conflict';
  const attempts = (recordOf(status, list, name)?.attempts ?? 0) + (isRetryable ? 1 : 0);
  if (error.class === 'permanent' || attempts >= MAX_ATTEMPTS) return givenUp(status, list, name, error, now);
  const pauseMs = error.retryAfterMs ?? Math.min(RETRY_BASE_MS * 2 ** (attempts - 1), RETRY_MAX_MS);
  return withRecord(status, list, name, (record) => ({
    ...record,
    message: error.message,
    ...(isRetryable ? { attempts, retryAt: time(new Date(now.getTime() + pauseMs + 999)) } : {}),
    ...(spent ? { spent: (record.spent ?? 0) + 1 } : {}),
  }));
}

/** The step has failed for good. A failed duty is on record, but is not what the run failed of. */
export function givenUp(status: RunStatus, list: ListName, name: string, error: DokkerrError, now: Date): RunStatus {
  const after = closed(status, list, name, 'Failed', error.message, now);
  if (list === 'Duties' || status.failure !== undefined) return after;
  const { code, class: errorClass, reason, message } = error;
  return { ...after, failure: { step: name, code, class: errorClass, reason, message } };
}

/** The list is left for another one; a step that stood Running in it was interrupted. */
export function switched(
  status: RunStatus,
  to: 'Rollback' | 'Cancel',
  steps: readonly { readonly name: string }[],
  now: Date,
): RunStatus {
  const left = status.steps.map(
    (record): StepRecord =>
      record.state === 'Running'
        ? { ...record, state: 'Failed', completedAt: time(now), message: `interrupted: the run went over to ${to}` }
        : record,
  );
  const pending = steps.map(({ name }): StepRecord => ({ name, itinerary: to, state: 'Pending' }));
  return { ...status, itinerary: to, steps: [...left, ...pending] };
}

export function finished(status: RunStatus, outcome: RunOutcome, now: Date): RunStatus {
  return { ...status, outcome, completedAt: time(now) };
}

function closed(
  status: RunStatus,
  list: ListName,
  name: string,
  state: 'Succeeded' | 'Skipped' | 'Failed',
  message: string | undefined,
  now: Date,
): RunStatus {
  return withRecord(status, list, name, ({ startedAt = time(now), attempts, spent }) => ({
    name,
    ...(list === 'Forward' ? {} : { itinerary: list }),
    state,
    startedAt,
    completedAt: time(now),
    ...(message === undefined ? {} : { message }),
    ...(attempts === undefined ? {} : { attempts }),
    ...(spent === undefined ? {} : { spent }),
  }));
}

function withRecord(
  status: RunStatus,
  list: ListName,
  name: string,
  change: (record: StepRecord) => StepRecord,
): RunStatus {
  const old = recordOf(status, list, name);
  if (old !== undefined)
    return { ...status, steps: status.steps.map((record) => (record === old ? change(old) : record)) };
  const fresh: StepRecord = { name, ...(list === 'Forward' ? {} : { itinerary: list }), state: 'Pending' };
  return { ...status, steps: [...status.steps, change(fresh)] };
}

/** metav1.Time: whole seconds. */
function time(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
