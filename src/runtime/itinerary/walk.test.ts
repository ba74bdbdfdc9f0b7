import { describe, expect, it } from 'vitest';
import { DokkerrError } from '../errors.ts';
import { manualClock } from '../manual-clock.ts';
import { done, fail, type Step, type StepResult, skip, wait } from './types.ts';
import { walk } from './walk.ts';

const step = (
  name: string,
  result: StepResult | (() => Promise<StepResult>),
  more: Partial<Step<null>> = {},
): Step<null> => ({
  name,
  run: typeof result === 'function' ? result : async () => result,
  ...more,
});
const open = () => ({ clock: manualClock(), signal: new AbortController().signal });
const names = (walked: { steps: readonly { name: string }[] }) => walked.steps.map(({ name }) => name);

describe('a walk', () => {
  it('enters every step in order while each is done or skipped', async () => {
    const walked = await walk([step('A', done()), step('B', skip('not asked for')), step('C', done())], null, open());
    expect(names(walked)).toEqual(['A', 'B', 'C']);
    expect(walked.stoppedAt).toBeUndefined();
  });

  it('stops at the first step that waits or fails', async () => {
    const walked = await walk(
      [step('A', done()), step('B', wait('NotYet', 'not yet')), step('C', done())],
      null,
      open(),
    );
    expect(names(walked)).toEqual(['A', 'B']);
    expect(walked.stoppedAt?.name).toBe('B');
  });

  it('goes on behind an independent step, and still says where it would have stopped', async () => {
    const steps = [step('A', wait('NotYet', 'not yet'), { independent: true }), step('B', done())];
    const walked = await walk(steps, null, open());
    expect(names(walked)).toEqual(['A', 'B']);
    expect(walked.stoppedAt?.name).toBe('A');
  });

  it('takes what a step throws as its failure, with its class', async () => {
    const thrown = new DokkerrError('DKR_CAPACITY', 'too small');
    const walked = await walk([step('A', async () => Promise.reject(thrown)), step('B', done())], null, open());
    expect(walked.steps).toEqual([{ name: 'A', result: fail(thrown) }]);
    const broken = await walk([step('A', async () => Promise.reject(new TypeError('oops')))], null, open());
    expect(broken.stoppedAt?.result).toMatchObject({ error: { code: 'DKR_INTERNAL', class: 'transient' } });
  });

  it('fails a step that is not done at its deadline', async () => {
    const { clock, signal } = open();
    const never = new Promise<StepResult>(() => undefined);
    const walking = walk([step('A', () => never, { deadline: () => 500 })], null, { clock, signal });
    clock.advance(500);
    expect((await walking).stoppedAt?.result).toMatchObject({ error: { code: 'DKR_DEADLINE' } });
  });

  it('leaves no timer behind', async () => {
    const { clock, signal } = open();
    await walk([step('A', done(), { deadline: () => 500 })], null, { clock, signal });
    expect(clock.pending).toBe(0);
  });

  it('enters nothing once it is aborted, and yields nothing that could become a status', async () => {
    const abort = new AbortController();
    const entered: string[] = [];
    const steps = ['A', 'B'].map((name) =>
      step(name, async () => {
        entered.push(name);
        abort.abort(new Error('stopping'));
        return done();
      }),
    );
    await expect(walk(steps, null, { clock: manualClock(), signal: abort.signal })).rejects.toThrow('stopping');
    expect(entered).toEqual(['A']);
  });

  it('tells how long each step took', async () => {
    const { clock, signal } = open();
    const told: string[] = [];
    const slow = step('A', async () => {
      clock.advance(1500);
      return done();
    });
    const observe = (seen: { name: string; result: StepResult; seconds: number }) =>
      told.push(`${seen.name} ${seen.result.kind} ${seen.seconds}`);
    await walk([slow], null, { clock, signal, observe });
    expect(told).toEqual(['A done 1.5']);
  });
});
