/**
 * The reflector's states and every transition between them, as one pure function: what was tried and how it ended in,
 * what to do next out. `reflector.ts` only carries it out.
 *
 *   listing ──► watching ──► watching …          (orderly end: again at once from the last version)
 *      ▲  │        │
 *      │  └──► waiting ◄──┘                       (failure: later, from the last version if there is one)
 *      └──────────────┘                           (410: everything anew)
 */
import type { DokkerrError, ErrorCode } from '../errors.ts';
import { type BackoffPolicy, backoff } from './backoff.ts';

/** `stream` is WatchList: the list comes as the first events of the watch. `pages` is LIST and then a watch. */
export type ListMethod = 'stream' | 'pages';

/** What yields the complete state, or continues it from a resource version. */
export type Pursuit =
  | { readonly name: 'listing'; readonly method: ListMethod }
  | { readonly name: 'watching'; readonly from: string };

export type State = Pursuit | { readonly name: 'waiting'; readonly ms: number; readonly next: Pursuit };

/** How a pursuit ended. */
export interface Outcome {
  /** the last resource version up to which everything is known; absent when the list is not complete */
  readonly at: string | undefined;
  /** it completed something: the list, or a change or bookmark after it */
  readonly fruitful: boolean;
  /** absent when the server ended the stream in order, or the pages ended */
  readonly error?: DokkerrError;
}

/** Why a watch had to be started anew; a metric's label. */
export type RestartCause = 'ended' | 'expired' | 'throttled' | 'silent' | 'cut' | 'unreachable' | 'refused' | 'failed';

export interface Situation {
  readonly state: State;
  /** ends in a row that brought nothing */
  readonly attempt: number;
  /** absent at the first start and after a wait, which restarts nothing new */
  readonly cause?: RestartCause;
}

/** Answers in a row refusing to continue from a version, after which the version itself is doubted. */
const doubtAfter = 3;

export function start(method: ListMethod): Situation {
  return { state: { name: 'listing', method }, attempt: 0 };
}

/** @param random uniform in [0, 1) */
export function advance(
  pursuit: Pursuit,
  attempt: number,
  method: ListMethod,
  outcome: Outcome,
  policy: BackoffPolicy,
  random: number,
): Situation {
  const { at, error } = outcome;
  const listAnew: Pursuit = { name: 'listing', method };
  const resumed: Pursuit = at === undefined ? listAnew : { name: 'watching', from: at };
  const failures = outcome.fruitful ? 0 : attempt;

  if (error === undefined) {
    // The end of the pages is the beginning of the watch, no restart.
    // A watch refused as expired and a list that works may alternate, so only the watch's success counts as one.
    if (pursuit.name === 'listing' && pursuit.method === 'pages') return { state: resumed, attempt };
    if (outcome.fruitful) return { state: resumed, attempt: 0, cause: 'ended' };
    return { state: later(resumed), attempt: failures + 1, cause: 'ended' };
  }

  const cause = causeOf(error);
  if (pursuit.name === 'listing' && pursuit.method === 'stream' && error.code === 'DKR_API_INVALID') {
    return { state: { name: 'listing', method: 'pages' }, attempt: 0, cause };
  }
  if (error.code === 'DKR_API_EXPIRED') {
    return { state: failures === 0 ? listAnew : later(listAnew), attempt: failures + 1, cause };
  }
  // A server that has too much to do says nothing against where the watch stood; to list anew would give it more.
  const speaks = error.httpStatus !== undefined && error.code !== 'DKR_API_THROTTLED';
  const doubted = speaks && (error.code === 'DKR_API_INVALID' || failures >= doubtAfter);
  return { state: later(doubted ? listAnew : resumed), attempt: failures + 1, cause };

  function later(next: Pursuit): State {
    const asked = error?.retryAfterMs;
    // Its word is better than a guess, which after some failures is half a minute; not all at the same moment, though.
    const ms = asked === undefined ? backoff(policy, failures, random) : asked + random * policy.baseMs;
    return { name: 'waiting', ms, next };
  }
}

/** Codes that say by themselves why a watch ended. */
const causes: Partial<Record<ErrorCode, RestartCause>> = {
  DKR_API_EXPIRED: 'expired',
  DKR_API_THROTTLED: 'throttled',
  DKR_API_UNREACHABLE: 'unreachable',
  DKR_API_UNAUTHORIZED: 'refused',
  DKR_API_FORBIDDEN: 'refused',
  DKR_API_INVALID: 'refused',
  DKR_CRD_MISSING: 'refused',
};

function causeOf(error: DokkerrError): RestartCause {
  if (error.reason === 'Silent' || error.reason === 'NoAnswer') return 'silent';
  if (error.reason === 'ConnectionCut') return 'cut';
  return causes[error.code] ?? 'failed';
}
