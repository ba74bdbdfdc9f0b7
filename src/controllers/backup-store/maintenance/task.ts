/**
 * One kind of maintenance as a step: waits until it is due, has its mover run with the repository to itself, takes note
 * of the end, then gives the repository back. None of it keeps the store from being used, so that none of it fails the walk.
 */
import { endExclusive, exclusiveJob, isRunOf, requestOf, runExclusive } from '#contracts/mover/exclusive.ts';
import type { MoverRun } from '#contracts/mover/job.ts';
import type { MoverFailure, MoverResult } from '#contracts/mover/result.ts';
import { BackupStore, type BackupStoreStatus, type TaskStatus } from '#crds/backup-store.ts';
import type { Job } from '#runtime/client/kinds.ts';
import { rfc3339 } from '#runtime/controller/conditions.ts';
import { asDokkerrError } from '#runtime/errors.ts';
import type { Step, StepResult } from '#runtime/itinerary/types.ts';
import { aside } from '../aside.ts';
import type { BackupStoreScope } from '../scope.ts';
import type { Due } from './due.ts';

/** `status.check` and the like. */
export type TaskKey = 'check' | 'prune' | 'repair';

export interface Task {
  /** of the step */
  readonly name: string;
  readonly key: TaskKey;
  readonly request: (store: BackupStore) => MoverRun['request'];
  /** the annotation by which it is asked for, if it can be */
  readonly annotation?: string;
  readonly due: (store: BackupStore, now: Date) => Due;
  /** why it must not be done although it is due */
  readonly held?: (store: BackupStore) => string | undefined;
  /** what its success shows */
  readonly succeeded: (result: MoverResult, endedAt: string) => Partial<BackupStoreStatus>;
  /** what a failure shows that is an answer all the same */
  readonly answered?: (failure: MoverFailure, endedAt: string) => Partial<BackupStoreStatus> | undefined;
}

/** A day: reading all of a large repository takes long. */
const policy = { backoffLimit: 0, activeDeadlineSeconds: 86_400, podStartupDeadlineSeconds: 300 };
/** Milliseconds: a timer of the queue, after which what is due is computed again. */
const longestTimer = 24 * 3_600_000;
/** Milliseconds between looks at what holds a task up; a change of it mostly wakes it before. */
const recheckHeld = 60_000;
const recheckTurn = 5_000;
/** Milliseconds after which the Job goes whose end is in the status by then. */
const recheckNoted = 1_000;

export function maintenanceStep(task: Task): Step<BackupStoreScope> {
  return aside(task.key, {
    name: task.name,
    run: async (scope) => {
      const { pass, store } = scope;
      const known = store.status?.[task.key] ?? {};
      const request = task.request(store);
      const job = exclusiveJob(pass.cache, store);
      const ours = job !== undefined && isRunOf(job, store, request.operation) ? job : undefined;
      if (ours === undefined || ours.metadata.uid === known.jobUID) {
        if (ours !== undefined) await endExclusive(pass, store);
        const idle = idling(task, store, known, pass.now());
        if (idle !== undefined) return idle;
        if (ours !== undefined) return found(task, known, recheckNoted);
      }
      return attempt(task, scope, known, ours);
    },
  });
}

/** Undefined when it is to be done now. */
function idling(task: Task, store: BackupStore, known: TaskStatus, now: Date): StepResult | undefined {
  const { nextAt: _, underWay: __, held: ___, ...rest } = known;
  const due = dueOrWhyNot(task, store, now);
  if (due instanceof Error) return found(task, { ...rest, held: due.message }, undefined);
  const { isDue, at } = due;
  const planned = at === undefined ? rest : { ...rest, nextAt: rfc3339(at) };
  if (!isDue) {
    return found(task, planned, at === undefined ? undefined : Math.min(longestTimer, at.getTime() - now.getTime()));
  }
  const held = whyNobodyMay(store) ?? task.held?.(store);
  return held === undefined ? undefined : found(task, { ...planned, held }, recheckHeld);
}

function whyNobodyMay({ spec }: BackupStore): string | undefined {
  if (spec.accessMode === 'ReadOnly') return 'spec.accessMode is ReadOnly';
  return spec.maintenance.suspend ? 'spec.maintenance.suspend is set' : undefined;
}

/** A cron line that is none, or a time zone. */
function dueOrWhyNot(task: Task, store: BackupStore, now: Date): Due | Error {
  try {
    return task.due(store, now);
  } catch (thrown) {
    return asDokkerrError(thrown);
  }
}

async function attempt(
  task: Task,
  { pass, store, image }: BackupStoreScope,
  known: TaskStatus,
  job: Job | undefined,
): Promise<StepResult> {
  const asked =
    task.annotation === undefined ? undefined : store.metadata.annotations?.[task.annotation]?.slice(0, 128);
  const run = { store, request: task.request(store), policy, ...(asked === undefined ? {} : { asked }) };
  const state = await runExclusive(pass, BackupStore, run, image);
  const { held: _, underWay: __, ...rest } = known;
  switch (state.kind) {
    case 'taken':
    case 'starting':
      return found(task, { ...rest, underWay: state.message }, recheckTurn);
    case 'running':
      return found(task, { ...rest, underWay: 'its pod runs' }, undefined);
    case 'lost':
      return ended(task, known, job, state.failure, {});
    case 'ended': {
      const endedAt = rfc3339(pass.now());
      const { failure } = state.result;
      if (failure === undefined) return ended(task, known, job, undefined, task.succeeded(state.result, endedAt));
      const answer = task.answered?.(failure, endedAt);
      return answer === undefined
        ? ended(task, known, job, failure, {})
        : ended(task, known, job, undefined, answer, failure.message);
    }
  }
}

/** The Job goes at the next pass: should this one's status be lost, its end is read again. */
function ended(
  task: Task,
  known: TaskStatus,
  job: Job | undefined,
  failure: MoverFailure | undefined,
  shown: Partial<BackupStoreStatus>,
  answer?: string,
): StepResult {
  const asked = job === undefined ? undefined : requestOf(job);
  const message = failure?.message ?? answer;
  const status: TaskStatus = {
    ...(known.nextAt === undefined ? {} : { nextAt: known.nextAt }),
    ...(job?.metadata.creationTimestamp === undefined ? {} : { startedAt: String(job.metadata.creationTimestamp) }),
    ...(job?.metadata.uid === undefined ? {} : { jobUID: job.metadata.uid }),
    ...(asked === undefined
      ? known.handledRequest === undefined
        ? {}
        : { handledRequest: known.handledRequest }
      : { handledRequest: asked }),
    ...(failure === undefined ? {} : { failures: (known.failures ?? 0) + 1, failure: failure.class }),
    ...(message === undefined ? {} : { message }),
  };
  return found(task, status, recheckNoted, shown);
}

function found(
  task: Task,
  status: TaskStatus,
  recheckAfter: number | undefined,
  shown: Partial<BackupStoreStatus> = {},
): StepResult {
  return {
    kind: 'done',
    resolved: { ...shown, [task.key]: status },
    ...(recheckAfter === undefined ? {} : { recheckAfter }),
  };
}
