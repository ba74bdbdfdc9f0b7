/**
 * What to do about pods that fail without anybody's doing: a fixed number of attempts, each after a longer pause than the
 * one before, counted until the Container has been Ready for long. Pure.
 */
import type { RecoveryCause, RecoveryPolicy, RecoveryStatus } from '#crds/container.ts';
import { durationMs } from '#crds/schema/duration.ts';
import type { Pod } from '#runtime/client/kinds.ts';
import { rfc3339 } from '#runtime/controller/conditions.ts';

/** Each pause is this many times the one before: 1, 4 and 16 minutes by default. */
const growth = 4;
/** Milliseconds no pause exceeds, unless the first one does. */
const longestPause = 3_600_000;
/** Pauses of being Ready that end the count; 10 minutes by default, after which the kubelet forgets crashes too. */
const pausesOfRest = 10;

/** What is wrong with the pods now. */
export interface Trouble {
  readonly cause: RecoveryCause;
  /** those an attempt replaces */
  readonly pods: readonly Pod[];
  readonly message: string;
  /** why no attempt is safe, and what a person can do; absent where one is */
  readonly blocked?: string;
}

export interface RecoveryFacts {
  /** absent while nothing is wrong, or nothing that can be seen this moment */
  readonly trouble: Trouble | undefined;
  /** the status stored last says Ready since then; absent where it does not */
  readonly readySince: Date | undefined;
  /** what the status stored last says, if it is of this spec */
  readonly record: RecoveryStatus | undefined;
  readonly now: Date;
}

/** What happens in this pass, in the words of its event. */
export type RecoveryChange =
  | 'RecoveryStarted'
  | 'RecoveryAttempted'
  | 'RecoveryBlocked'
  | 'RecoveryGaveUp'
  | 'Recovered';

export interface RecoveryDecision {
  /** absent where everything stays as it is */
  readonly change?: RecoveryChange;
  /** pods to be replaced now */
  readonly replace: readonly Pod[];
  /** as the status has to say from now on, once what has to be done is done */
  readonly record: RecoveryStatus | undefined;
  /** milliseconds until another look, where no watch will tell */
  readonly recheckAfter?: number;
}

/** The decision of one pass. */
export function decideRecovery(
  { trouble, readySince, record, now }: RecoveryFacts,
  policy: RecoveryPolicy,
): RecoveryDecision {
  if (trouble === undefined) return rest(record, readySince, policy, now);
  if (policy.maxAttempts === 0) return keep(record);
  if (record === undefined || record.state === 'Recovered') return start(trouble, policy, now);
  if (record.state === 'GaveUp') return keep(record);
  const wait = Date.parse(record.nextAttemptAt ?? record.detectedAt) - now.getTime();
  if (wait > 0) return { ...keep(record), recheckAfter: wait };
  if (trouble.blocked !== undefined) return block(record, trouble, trouble.blocked);
  return record.attempts < policy.maxAttempts ? attempt(record, trouble, policy, now) : giveUp(record, trouble);
}

/** Milliseconds before attempt number `attempt`, counted from 0. */
export function pauseBefore(attempt: number, policy: RecoveryPolicy): number {
  const first = durationMs(policy.pause);
  return Math.min(first * growth ** attempt, Math.max(first, longestPause));
}

function keep(record: RecoveryStatus | undefined): RecoveryDecision {
  return { replace: [], record };
}

/** Nothing is wrong now: forgotten only after a long rest, for a program that crashes is ready in between. */
function rest(
  record: RecoveryStatus | undefined,
  readySince: Date | undefined,
  policy: RecoveryPolicy,
  now: Date,
): RecoveryDecision {
  if (record === undefined || record.state === 'Recovered') return keep(record);
  if (record.state === 'Blocked') return keep({ ...record, state: 'Recovering' });
  if (readySince === undefined) return keep(record);
  const wait = readySince.getTime() + pausesOfRest * durationMs(policy.pause) - now.getTime();
  if (wait > 0) return { ...keep(record), recheckAfter: wait };
  const { nextAttemptAt: _, ...past } = record;
  const message = `Ready since ${rfc3339(readySince)}, after ${times(record.attempts)}`;
  return { change: 'Recovered', replace: [], record: { ...past, state: 'Recovered', message } };
}

function start({ cause, message }: Trouble, policy: RecoveryPolicy, now: Date): RecoveryDecision {
  const pause = pauseBefore(0, policy);
  return {
    change: 'RecoveryStarted',
    replace: [],
    recheckAfter: pause,
    record: {
      state: 'Recovering',
      cause,
      message,
      attempts: 0,
      maxAttempts: policy.maxAttempts,
      detectedAt: rfc3339(now),
      nextAttemptAt: rfc3339(new Date(now.getTime() + pause)),
    },
  };
}

function attempt(record: RecoveryStatus, trouble: Trouble, policy: RecoveryPolicy, now: Date): RecoveryDecision {
  const attempts = record.attempts + 1;
  // What the last attempt leads to needs no longer to show than the first failure did.
  const pause = pauseBefore(attempts < policy.maxAttempts ? attempts : 0, policy);
  const pods = trouble.pods.map(({ metadata }) => metadata.name).join(', ');
  return {
    change: 'RecoveryAttempted',
    replace: trouble.pods,
    recheckAfter: pause,
    record: {
      ...record,
      state: 'Recovering',
      cause: trouble.cause,
      message: `attempt ${attempts} of ${policy.maxAttempts}: ${trouble.message}; replaced ${pods}`,
      attempts,
      lastAttemptAt: rfc3339(now),
      nextAttemptAt: rfc3339(new Date(now.getTime() + pause)),
    },
  };
}

function block(record: RecoveryStatus, { cause, message }: Trouble, blocked: string): RecoveryDecision {
  const said = `${message}; ${blocked}`;
  if (record.state === 'Blocked' && record.message === said) return keep(record);
  return { change: 'RecoveryBlocked', replace: [], record: { ...record, state: 'Blocked', cause, message: said } };
}

function giveUp(record: RecoveryStatus, { cause, message }: Trouble): RecoveryDecision {
  const { nextAttemptAt: _, ...past } = record;
  const said = `${message}; given up after ${times(record.attempts)}: correct the cause, then change the spec or delete the pod`;
  return { change: 'RecoveryGaveUp', replace: [], record: { ...past, state: 'GaveUp', cause, message: said } };
}

function times(attempts: number): string {
  return attempts === 1 ? '1 attempt' : `${attempts} attempts`;
}
