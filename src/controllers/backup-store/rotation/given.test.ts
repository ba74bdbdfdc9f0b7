/** The rotation of a password that somebody else writes, with whatever they do and crashes anywhere. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GivenRotationInput, nextGivenRotation } from './decide-given.ts';

const now = new Date('2026-01-02T00:00:00Z');
const at = (input: Partial<GivenRotationInput>) =>
  nextGivenRotation({
    requested: 'one',
    handled: undefined,
    secret: { hasNext: false, isInUse: false },
    nextKeyID: undefined,
    previous: undefined,
    keepPreviousForMs: 3_600_000,
    now,
    ...input,
  });
const beside = { hasNext: true, isInUse: false };
const both = { hasNext: true, isInUse: true };
const replacedAt = new Date(now.getTime() - 60_000);

describe('a password of the user’s own', () => {
  it.each<[string, Partial<GivenRotationInput>, string]>([
    ['stays while nobody asks', { requested: undefined, secret: beside }, 'none'],
    ['stays once the request was obeyed', { handled: 'one', secret: beside }, 'none'],
    ['is waited for until it is beside the one in use', {}, 'awaitNext'],
    ['is waited for while it is the one in use', { secret: both }, 'awaitNext'],
    ['opens the repository before it is used', { secret: beside }, 'add'],
    ['is then waited for to be used', { secret: beside, nextKeyID: 'b', handled: 'one' }, 'awaitUse'],
    ['is looked at once it may be in use', { secret: both, nextKeyID: 'b' }, 'identify'],
    ['is looked at when it is gone from beside it, too', { nextKeyID: 'b' }, 'identify'],
    ['leaves the old one its grace', { previous: { keyID: 'a', replacedAt } }, 'keep'],
    ['ends the old one after it', { previous: { keyID: 'a', replacedAt }, keepPreviousForMs: 1000 }, 'remove'],
    ['ends at once what was never in use', { previous: { keyID: 'b', replacedAt: new Date(0) } }, 'remove'],
    [
      'is not replaced again before the old one is gone',
      { secret: beside, previous: { keyID: 'a', replacedAt } },
      'keep',
    ],
  ])('%s', (_, input, kind) => {
    expect(at(input).kind).toBe(kind);
  });

  it('is never added while another one waits, and never anything removed that may be in use', () => {
    const inputs = fc.record({
      requested: fc.option(fc.constantFrom('one', 'two'), { nil: undefined }),
      handled: fc.option(fc.constantFrom('one', 'two'), { nil: undefined }),
      secret: fc.constantFrom(beside, both, { hasNext: false, isInUse: false }),
      nextKeyID: fc.option(fc.constant('b'), { nil: undefined }),
      previous: fc.option(fc.constant({ keyID: 'a', replacedAt }), { nil: undefined }),
      keepPreviousForMs: fc.nat(7_200_000),
    });
    fc.assert(
      fc.property(inputs, (input) => {
        const action = at(input);
        if (action.kind === 'add') expect(input).toMatchObject({ nextKeyID: undefined, previous: undefined });
        if (action.kind === 'remove') expect(action.keyID).toBe(input.previous?.keyID);
      }),
    );
  });
});
