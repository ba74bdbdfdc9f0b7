import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DokkerrError } from '../errors.ts';
import { manualClock } from '../manual-clock.ts';
import { sameJson } from '../merge-patch.ts';
import { effectName } from './effect-name.ts';
import { advance, type RunProgress } from './run.ts';
import {
  done,
  fail,
  type Itinerary,
  type RunStatus,
  type RunStep,
  type StepResult,
  skip,
  spent,
  wait,
} from './types.ts';

const passing = new DokkerrError('DKR_API_UNAVAILABLE', 'try again');
const final = new DokkerrError('DKR_SPEC_INVALID', 'cannot be done');
const missing = new DokkerrError('DKR_DEPENDENCY_MISSING', 'the store is missing');

const step = (name: string, run: RunStep<null>['run'] = async () => done(), effect = false): RunStep<null> => ({
  name,
  run,
  effect,
});

/** A run whose status is stored as the API server would, driven pass by pass. */
function runOf(itinerary: Itinerary<null>, more: { deadline?: number } = {}) {
  const clock = manualClock();
  const run = {
    clock,
    stored: undefined as RunStatus | undefined,
    saves: 0,
    mustCancel: false,
    mustRollBack: false,
    save: async (status: RunStatus): Promise<void> => {
      run.stored = structuredClone(status);
      run.saves++;
    },
    pass: (): Promise<RunProgress> =>
      advance({
        itinerary,
        scope: null,
        uid: 'uid-1',
        status: run.stored === undefined ? undefined : structuredClone(run.stored),
        mustCancel: run.mustCancel,
        mustRollBack: run.mustRollBack,
        clock,
        signal: new AbortController().signal,
        save: (status) => run.save(status),
        ...more,
      }),
    /** `Forward/Plan=Succeeded …` */
    states: () =>
      (run.stored?.steps ?? [])
        .map(({ itinerary: list = 'Forward', name, state }) => `${list}/${name}=${state}`)
        .join(' '),
  };
  return run;
}

describe('a run', () => {
  it('walks its list to the end, with one write where nothing has to be waited for', async () => {
    const run = runOf({ forward: [step('Plan'), step('Check', async () => skip('not needed'))] });
    const progress = await run.pass();
    expect(progress.recheckAfter).toBeUndefined();
    expect(run.states()).toBe('Forward/Plan=Succeeded Forward/Check=Skipped');
    expect(run.stored?.outcome).toBe('Completed');
    expect(run.saves).toBe(1);
  });

  it('fails without a way back while there is nothing to undo yet', async () => {
    const rollsBack = (_: null, { steps }: RunStatus) =>
      steps.some(({ name, startedAt }) => name === 'Write' && startedAt !== undefined);
    const rollback = [step('Undo')];
    const refused = runOf({ forward: [step('Plan', async () => fail(final)), step('Write')], rollback, rollsBack });
    await refused.pass();
    expect(refused.stored?.outcome).toBe('Failed');
    const written = runOf({ forward: [step('Plan'), step('Write', async () => fail(final))], rollback, rollsBack });
    await written.pass();
    expect(written.states()).toBe('Forward/Plan=Succeeded Forward/Write=Failed Rollback/Undo=Succeeded');
    expect(written.stored?.outcome).toBe('RolledBack');
  });

  it('does not enter a step again that is on record as done', async () => {
    let entries = 0;
    let isThere = false;
    const run = runOf({
      forward: [
        step('Once', async () => {
          entries++;
          return done();
        }),
        step('Wait', async () => (isThere ? done() : wait('NotYet', 'not yet', 500))),
      ],
    });
    expect((await run.pass()).recheckAfter).toBe(500);
    isThere = true;
    await run.pass();
    expect(entries).toBe(1);
    expect(run.stored?.outcome).toBe('Completed');
  });

  it('writes nothing while a wait stays the same', async () => {
    const run = runOf({ forward: [step('Wait', async () => wait('NotYet', 'not yet'))] });
    await run.pass();
    await run.pass();
    await run.pass();
    expect(run.saves).toBe(1);
  });

  it('records a step with an effect as Running before it acts', async () => {
    let seen: string | undefined;
    const run = runOf({
      forward: [
        step(
          'Store',
          async () => {
            seen = run.states();
            return done();
          },
          true,
        ),
      ],
    });
    await run.pass();
    expect(seen).toBe('Forward/Store=Running');
  });

  it('gives the same name to what an attempt makes until that is known to have ended', async () => {
    const names: string[] = [];
    const results: StepResult[] = [fail(passing), fail(missing), spent(passing), done()];
    const run = runOf({
      forward: [
        step(
          'Store',
          async (_, entry) => {
            names.push(entry.effectName);
            return results[names.length - 1] ?? done();
          },
          true,
        ),
      ],
    });
    for (const _ of results) {
      await run.pass();
      run.clock.advance(600_000);
    }
    const [first, second] = [effectName('uid-1', 'Store', 0), effectName('uid-1', 'Store', 1)];
    expect(names).toEqual([first, first, first, second]);
  });

  it('pauses between attempts, however often it is woken', async () => {
    let entries = 0;
    const run = runOf({
      forward: [
        step('Flaky', async () => {
          entries++;
          return fail(passing);
        }),
      ],
    });
    const first = await run.pass();
    await run.pass();
    await run.pass();
    expect(entries).toBe(1);
    run.clock.advance(first.recheckAfter ?? 0);
    await run.pass();
    expect(entries).toBe(2);
  });

  it('gives a step up when its attempts are used up, and goes back where it can', async () => {
    const run = runOf({ forward: [step('Flaky', async () => fail(passing))], rollback: [step('Undo')] });
    for (let pass = 0; pass < 10; pass++) {
      await run.pass();
      run.clock.advance(600_000);
    }
    expect(run.states()).toBe('Forward/Flaky=Failed Rollback/Undo=Succeeded');
    expect(run.stored).toMatchObject({
      outcome: 'RolledBack',
      failure: { step: 'Flaky', code: 'DKR_API_UNAVAILABLE', message: 'try again' },
    });
  });

  it('fails where there is no way back, after its duties', async () => {
    const run = runOf({ forward: [step('Bad', async () => fail(final)), step('Never')], duties: [step('Thaw')] });
    await run.pass();
    expect(run.states()).toBe('Forward/Bad=Failed Forward/Never=Pending Duties/Thaw=Succeeded');
    expect(run.stored?.outcome).toBe('Failed');
  });

  it('takes what a step throws as a failure that may pass', async () => {
    const run = runOf({
      forward: [
        step('Broken', async () => {
          throw new TypeError('oops');
        }),
      ],
    });
    await run.pass();
    expect(run.stored?.steps[0]).toMatchObject({ state: 'Running', attempts: 1, message: 'oops' });
  });

  it('fails a step at its deadline, even if nothing wakes it but the clock', async () => {
    const slow: RunStep<null> = { ...step('Slow', async () => wait('Busy', 'busy')), deadline: () => 60_000 };
    const run = runOf({ forward: [slow] });
    const { recheckAfter = 0 } = await run.pass();
    expect(recheckAfter).toBeLessThanOrEqual(60_001);
    run.clock.advance(recheckAfter);
    await run.pass();
    expect(run.stored).toMatchObject({ outcome: 'Failed', failure: { code: 'DKR_DEADLINE', step: 'Slow' } });
  });

  it('looks once more at a step whose deadline passed while nobody was there', async () => {
    let isThere = false;
    const slow = step('Slow', async () => (isThere ? done() : wait('Busy', 'busy')), true);
    const run = runOf({ forward: [{ ...slow, deadline: () => 60_000 }, step('Next')] });
    await run.pass();
    isThere = true;
    run.clock.advance(3_600_000);
    await run.pass();
    expect(run.stored?.outcome).toBe('Completed');
  });

  it('does a step that has no time at all, though it was cut off with its record written', async () => {
    const none = { ...step('None', async () => skip('nothing to do'), true), deadline: () => 0 };
    const run = runOf({ forward: [none] });
    const { save } = run;
    run.save = async (status) => {
      await save(status);
      throw new Error('killed');
    };
    await expect(run.pass()).rejects.toThrow('killed');
    expect(run.states()).toBe('Forward/None=Running');
    run.save = save;
    run.clock.advance(5000);
    await run.pass();
    expect(run.stored?.outcome).toBe('Completed');
  });

  it('fails at the deadline of the run', async () => {
    const run = runOf({ forward: [step('Slow', async () => wait('Busy', 'busy'))] }, { deadline: 1000 });
    await run.pass();
    run.clock.advance(1001);
    await run.pass();
    expect(run.stored?.failure?.code).toBe('DKR_DEADLINE');
  });

  it('goes over to the cancel list when asked to, marks what it interrupted, and does its duties', async () => {
    const run = runOf({
      forward: [step('Move', async () => wait('Moving', 'moving'), true), step('Verify')],
      cancel: [step('StopMover')],
      duties: [step('Thaw')],
    });
    await run.pass();
    run.mustCancel = true;
    await run.pass();
    expect(run.states()).toBe(
      'Forward/Move=Failed Forward/Verify=Pending Cancel/StopMover=Succeeded Duties/Thaw=Succeeded',
    );
    expect(run.stored?.outcome).toBe('Canceled');
  });

  it('goes back when asked to, while there is something left to do', async () => {
    const run = runOf({
      forward: [step('Switch'), step('Keep', async () => wait('Kept', 'kept')), step('CleanUp')],
      rollback: [step('Undo')],
      rollsBack: () => false,
      duties: [step('Thaw')],
    });
    await run.pass();
    run.mustRollBack = true;
    await run.pass();
    expect(run.states()).toBe(
      'Forward/Switch=Succeeded Forward/Keep=Failed Forward/CleanUp=Pending Rollback/Undo=Succeeded Duties/Thaw=Succeeded',
    );
    expect(run.stored?.outcome).toBe('RolledBack');
    expect(run.stored?.failure).toBeUndefined();
  });

  it('does not go back once every step is done, nor where there are no steps for that', async () => {
    const over = runOf({
      forward: [step('Move')],
      rollback: [step('Undo')],
      duties: [step('Thaw', async () => wait('Busy', 'busy'))],
    });
    await over.pass();
    over.mustRollBack = true;
    await over.pass();
    expect(over.states()).toBe('Forward/Move=Succeeded Duties/Thaw=Running');
    const oneWay = runOf({ forward: [step('Move')] });
    oneWay.mustRollBack = true;
    await oneWay.pass();
    expect(oneWay.stored?.outcome).toBe('Completed');
  });

  it('cancels what is to be canceled and undone', async () => {
    const run = runOf({ forward: [step('Move')], rollback: [step('Undo')], cancel: [step('Stop')] });
    run.mustCancel = true;
    run.mustRollBack = true;
    await run.pass();
    expect(run.stored?.outcome).toBe('Canceled');
  });

  it('does not cancel what is already on its way back', async () => {
    let mayGoBack = false;
    const run = runOf({
      forward: [step('Bad', async () => fail(final))],
      rollback: [step('Undo', async () => (mayGoBack ? done() : wait('Undoing', 'undoing')))],
      cancel: [step('Never')],
    });
    await run.pass();
    run.mustCancel = true;
    await run.pass();
    mayGoBack = true;
    await run.pass();
    expect(run.stored?.outcome).toBe('RolledBack');
  });

  it('keeps what a step settled, and tells it to the steps behind', async () => {
    let told: unknown;
    const run = runOf({
      forward: [
        step('SelectPoint', async () => done('pinned', { snapshot: 'abc' })),
        step('Again', async () => done(undefined, { snapshot: 'other', size: 1 })),
        step('Use', async (_, { resolved }) => {
          told = resolved;
          return done();
        }),
      ],
    });
    await run.pass();
    expect(told).toEqual({ snapshot: 'abc', size: 1 });
    expect(run.stored?.resolved).toEqual({ snapshot: 'abc', size: 1 });
  });

  it('ends even when a duty cannot be done', async () => {
    const run = runOf({ forward: [step('Plan')], duties: [step('Thaw', async () => fail(final)), step('Resume')] });
    await run.pass();
    expect(run.states()).toBe('Forward/Plan=Succeeded Duties/Thaw=Failed Duties/Resume=Succeeded');
    expect(run.stored?.outcome).toBe('Completed');
  });
});

describe('whatever happens to a run', () => {
  type Word = 'done' | 'skip' | 'wait' | 'transient' | 'dependency' | 'spent' | 'permanent' | 'throw';
  const word = fc.constantFrom<Word>(
    'done',
    'done',
    'done',
    'skip',
    'wait',
    'transient',
    'dependency',
    'spent',
    'permanent',
    'throw',
  );
  const script = fc.array(word, { maxLength: 6 });
  const list = (prefix: string, max: number) =>
    fc
      .array(fc.record({ effect: fc.boolean(), script }), { maxLength: max })
      .map((steps) => steps.map((one, index) => ({ ...one, name: `${prefix}${index}` })));
  interface Mishap {
    kind: 'none' | 'crash' | 'refused' | 'answer lost';
    at: number;
  }
  /** What befalls a pass: the I/O line at which the process dies, or the write that fails, stored or not. */
  const mishap = fc.oneof(
    { weight: 3, arbitrary: fc.constant({ kind: 'none' as const, at: 0 }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom('crash' as const, 'refused' as const, 'answer lost' as const),
        at: fc.nat(12),
      }),
    },
  );
  const life = fc.record({
    forward: list('F', 4),
    rollback: list('R', 2),
    cancel: list('C', 2),
    duties: list('D', 2),
    mishaps: fc.array(mishap, { maxLength: 25 }),
    cancelAt: fc.option(fc.nat(20), { nil: undefined }),
    rollBackAt: fc.option(fc.nat(20), { nil: undefined }),
    /** milliseconds between wake-ups: most come long before they are due */
    pauses: fc.array(fc.constantFrom(0, 1, 500, 5000, 400_000), { minLength: 1, maxLength: 10 }),
  });

  it('no effect is had twice at once, every duty is done, every end is final, and an end is reached', async () => {
    await fc.assert(
      fc.asyncProperty(life, async (given) => {
        const world = {
          /** names made for a step, and whether they ended */
          effects: new Map<string, Map<string, 'live' | 'ended'>>(),
          /** what must never happen; not thrown, because the engine takes what a step throws as the step's failure */
          broken: [] as string[],
          isDead: false,
          line: 0,
          mishap: { kind: 'none', at: 0 } as Mishap,
        };
        const io = () => {
          if (world.isDead) throw new Error('the process is dead');
          if (world.mishap.kind !== 'crash' || world.line++ !== world.mishap.at) return;
          world.isDead = true;
          throw new Error('the process is dead');
        };
        const make = (name: string, made: string) => {
          const names = world.effects.get(name) ?? new Map<string, 'live' | 'ended'>();
          world.effects.set(name, names);
          if (names.has(made)) return;
          if ([...names.values()].includes('live')) world.broken.push(`${name} acts while its last effect lives`);
          names.set(made, 'live');
        };
        const scripted = ({
          name,
          effect,
          script: words,
        }: {
          name: string;
          effect: boolean;
          script: Word[];
        }): RunStep<null> => {
          let entries = 0;
          return step(
            name,
            async (_, entry) => {
              const today = words[entries++] ?? 'done';
              if (effect) {
                io();
                make(name, entry.effectName);
                io();
              }
              switch (today) {
                case 'done':
                  return done();
                case 'skip':
                  return skip('not needed');
                case 'wait':
                  return wait('NotYet', 'not yet');
                case 'transient':
                  return fail(passing);
                case 'dependency':
                  return fail(missing);
                case 'spent':
                  if (effect) world.effects.get(name)?.set(entry.effectName, 'ended');
                  return spent(passing);
                case 'permanent':
                  return fail(final);
                case 'throw':
                  throw new Error('unexpected');
              }
            },
            effect,
          );
        };
        const run = runOf({
          forward: given.forward.map(scripted),
          rollback: given.rollback.map(scripted),
          cancel: given.cancel.map(scripted),
          duties: given.duties.map(scripted),
        });
        const store = run.save;
        run.save = async (status) => {
          io();
          const isHit =
            world.mishap.kind !== 'crash' && world.mishap.kind !== 'none' && world.line++ === world.mishap.at;
          if (isHit && world.mishap.kind === 'refused') throw passing;
          // A record once closed is never reopened, and an outcome never changes.
          if (run.stored?.outcome !== undefined) world.broken.push('a terminal run was written');
          for (const old of run.stored?.steps ?? []) {
            if (old.state === 'Pending' || old.state === 'Running') continue;
            if (!status.steps.some((record) => sameJson(record, old))) world.broken.push(`${old.name} was reopened`);
          }
          await store(status);
          if (isHit) throw passing;
          io();
        };

        for (let pass = 0; pass < 400 && run.stored?.outcome === undefined; pass++) {
          world.isDead = false;
          world.line = 0;
          world.mishap = given.mishaps[pass] ?? { kind: 'none', at: 0 };
          if (given.cancelAt !== undefined && pass >= given.cancelAt) run.mustCancel = true;
          if (given.rollBackAt !== undefined && pass >= given.rollBackAt) run.mustRollBack = true;
          // A pass that breaks is simply repeated, as the queue does.
          await run.pass().catch(() => undefined);
          run.clock.advance(pass < 40 ? (given.pauses[pass % given.pauses.length] ?? 0) : 400_000);
        }

        const ended = run.stored;
        expect(world.broken).toEqual([]);
        expect(ended?.outcome).toBeDefined();
        for (const { name } of given.duties) {
          const duty = ended?.steps.find((record) => record.itinerary === 'Duties' && record.name === name);
          expect(['Succeeded', 'Skipped', 'Failed']).toContain(duty?.state);
        }
        expect(ended?.steps.map(({ state }) => state)).not.toContain('Running');
        // Whatever list it ends in, each of its steps was done, or one of them failed.
        const own = ended?.steps.filter((record) => (record.itinerary ?? 'Forward') === ended.itinerary) ?? [];
        const hasFailed = own.some(({ state }) => state === 'Failed');
        expect(hasFailed ? 'Failed' : ended?.outcome).toBe(ended?.outcome);
        expect(hasFailed || own.every(({ state }) => state === 'Succeeded' || state === 'Skipped')).toBe(true);
        const before = structuredClone(ended);
        run.mustCancel = !run.mustCancel;
        run.mustRollBack = !run.mustRollBack;
        await run.pass();
        expect(run.stored).toEqual(before);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the name of an effect', () => {
  it('is a DNS label of at most 52 characters that differs by run, step and attempt', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.string(), fc.nat(1000), (uid, name, attempt) => {
        expect(effectName(uid, name, attempt)).toMatch(/^[a-z]([a-z0-9-]{0,50}[a-z0-9])$/);
      }),
    );
    const names = [
      effectName('a', 'SwitchOver', 0),
      effectName('a', 'SwitchOver', 1),
      effectName('a', 'Load', 0),
      effectName('b', 'SwitchOver', 0),
    ];
    expect(new Set(names).size).toBe(4);
    expect(names[0]).toMatch(/^switch-over-0-[0-9a-f]{20}$/);
  });
});
