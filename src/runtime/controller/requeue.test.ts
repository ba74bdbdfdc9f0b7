import { describe, expect, it } from 'vitest';
import { DokkerrError, type ErrorCode, errorCatalogue } from '../errors.ts';
import { done, fail, type StepResult, skip, wait } from '../itinerary/types.ts';
import { requeueForError, requeueForWalk } from './requeue.ts';

const error = (code: ErrorCode, retryAfterMs?: number) =>
  new DokkerrError(code, 'x', retryAfterMs === undefined ? {} : { retryAfterMs });
const walked = (...results: StepResult[]) => ({
  steps: results.map((result, index) => ({ name: `S${index}`, result })),
  stoppedAt: undefined,
});

describe('after an error', () => {
  it.each(Object.entries(errorCatalogue).map(([code, { class: kind }]) => [code as ErrorCode, kind] as const))(
    '%s (%s) runs again as its class asks',
    (code, kind) => {
      const { kind: requeue } = requeueForError(error(code));
      const expected = {
        transient: 'backoff',
        conflict: 'backoff',
        dependency: 'after',
        capacity: 'after',
        permanent: 'none',
      };
      expect(requeue).toBe(expected[kind]);
    },
  );

  it('waits as long as the API server asked', () => {
    expect(requeueForError(error('DKR_API_THROTTLED', 7000))).toEqual({ kind: 'after', ms: 7000 });
  });

  it('looks again at what is missing after the time the error names, else after a minute', () => {
    expect(requeueForError(error('DKR_DEPENDENCY_MISSING', 5000))).toEqual({ kind: 'after', ms: 5000 });
    expect(requeueForError(error('DKR_DEPENDENCY_MISSING'))).toEqual({ kind: 'after', ms: 60_000 });
  });

  it('looks again at what somebody else may take out of the way', () => {
    expect(requeueForError(error('DKR_NOT_OWNED', 30_000))).toEqual({ kind: 'after', ms: 30_000 });
  });

  it('tries a conflict again within a second', () => {
    expect(requeueForError(error('DKR_API_CONFLICT'))).toEqual({ kind: 'backoff', capMs: 1000 });
  });
});

describe('after a walk', () => {
  it('does not run again by itself when every step is done or skipped', () => {
    expect(requeueForWalk(walked(done(), skip('not needed')))).toEqual({ kind: 'none' });
  });

  it('runs again at the earliest time a step asks for', () => {
    const results = walked(wait('A', 'a', 9000), wait('B', 'b', 2000), fail(error('DKR_CAPACITY')));
    expect(requeueForWalk(results)).toEqual({ kind: 'after', ms: 2000 });
  });

  it('backs off when a step failed for a passing reason, whatever the others wait for', () => {
    expect(requeueForWalk(walked(wait('A', 'a', 1), fail(error('DKR_API_UNREACHABLE'))))).toEqual({ kind: 'backoff' });
  });
});
