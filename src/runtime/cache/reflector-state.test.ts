import { describe, expect, test } from 'vitest';
import { DokkerrError, type ErrorCode, type ErrorDetail } from '../errors.ts';
import { backoff } from './backoff.ts';
import { advance, type Outcome, type Pursuit, type Situation, start } from './reflector-state.ts';

const policy = { baseMs: 100, maxMs: 1000 };
const listing: Pursuit = { name: 'listing', method: 'stream' };
const paging: Pursuit = { name: 'listing', method: 'pages' };
const watching: Pursuit = { name: 'watching', from: '5' };

const failed = (code: ErrorCode, detail: ErrorDetail = {}, more: Partial<Outcome> = {}): Outcome => ({
  at: undefined,
  fruitful: false,
  ...more,
  error: new DokkerrError(code, 'it failed', detail),
});

const step = (pursuit: Pursuit, outcome: Outcome, attempt = 0): Situation =>
  advance(pursuit, attempt, pursuit.name === 'listing' ? pursuit.method : 'stream', outcome, policy, 0.5);

describe('the reflector', () => {
  test('begins with a list', () => {
    expect(start('stream')).toEqual({ state: listing, attempt: 0 });
  });

  test('watches from the version of the list', () => {
    expect(step(paging, { at: '7', fruitful: true })).toEqual({ state: { name: 'watching', from: '7' }, attempt: 0 });
  });

  test('resumes at once from the last version when the watch ended in order', () => {
    const next = step(watching, { at: '9', fruitful: true }, 3);
    expect(next).toEqual({ state: { name: 'watching', from: '9' }, attempt: 0, cause: 'ended' });
  });

  test('waits when a watch ends at once and brought nothing', () => {
    const next = step(watching, { at: '5', fruitful: false });
    expect(next).toEqual({ state: { name: 'waiting', ms: 50, next: watching }, attempt: 1, cause: 'ended' });
  });

  test('lists by pages, at once, where WatchList is not known', () => {
    expect(step(listing, failed('DKR_API_INVALID', { httpStatus: 422 })).state).toEqual(paging);
  });

  test('lists anew at once when its version expired, and with waits when that goes on', () => {
    expect(step(watching, failed('DKR_API_EXPIRED', {}, { at: '5' }))).toMatchObject({
      state: listing,
      cause: 'expired',
    });
    const again = step(watching, failed('DKR_API_EXPIRED', {}, { at: '5' }), 2);
    expect(again.state).toEqual({ name: 'waiting', ms: 200, next: listing });
  });

  test('waits as long as Retry-After asks and hardly longer, and goes on from where it was, however often it is told', () => {
    for (const attempt of [0, 20]) {
      const throttled = failed('DKR_API_THROTTLED', { httpStatus: 429, retryAfterMs: 7000 }, { at: '5' });
      expect(step(watching, throttled, attempt)).toMatchObject({
        state: { name: 'waiting', ms: 7050, next: watching },
        cause: 'throttled',
      });
    }
  });

  test('goes on from the last version after any break of the connection', () => {
    for (const [reason, cause] of [
      ['ConnectionCut', 'cut'],
      ['Silent', 'silent'],
      ['ConnectionRefused', 'unreachable'],
    ] as const) {
      const next = step(watching, failed('DKR_API_UNREACHABLE', { reason }, { at: '8', fruitful: true }), 9);
      const resumed = { name: 'watching', from: '8' };
      expect(next).toEqual({ state: { name: 'waiting', ms: 50, next: resumed }, attempt: 1, cause });
    }
  });

  test('lists anew when the list was not complete', () => {
    const next = step(listing, failed('DKR_API_UNREACHABLE'));
    expect(next.state).toEqual({ name: 'waiting', ms: 50, next: listing });
  });

  test('doubts its version when the API server refuses it again and again, but not when the network does', () => {
    const refused = failed('DKR_API_UNAVAILABLE', { httpStatus: 504 }, { at: '5' });
    expect(step(watching, refused, 2).state).toMatchObject({ next: watching });
    expect(step(watching, refused, 3).state).toMatchObject({ next: listing });
    expect(step(watching, failed('DKR_API_UNREACHABLE', {}, { at: '5' }), 30).state).toMatchObject({ next: watching });
  });
});

describe('the backoff', () => {
  test('doubles up to its bound and never beyond, spread over all of it', () => {
    expect([0, 1, 2, 3, 4, 99].map((attempt) => backoff(policy, attempt, 1))).toEqual([100, 200, 400, 800, 1000, 1000]);
    expect(backoff(policy, 3, 0)).toBe(0);
  });
});
