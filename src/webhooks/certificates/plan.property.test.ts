import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLifetimes } from './lifetimes.ts';
import { day, start } from './testing/facts.ts';
import { World } from './testing/world.ts';

const replicas = 3;
/** Milliseconds; for a machine that does much besides. */
const timeout = 60_000;
const replica = fc.nat(replicas - 1);
/** Passes come about every ten seconds; a machine that is off for weeks is a jump. */
const moment = fc.integer({ min: 1, max: 20_000 });

type Action =
  | { do: 'look' | 'act' | 'restart'; on: number }
  | { do: 'advance' | 'jump'; ms: number }
  | { do: 'secret' | 'leaf' };

const look = replica.map((on): Action => ({ do: 'look', on }));
const act = replica.map((on): Action => ({ do: 'act', on }));
const advance = moment.map((ms): Action => ({ do: 'advance', ms }));
const restart = replica.map((on): Action => ({ do: 'restart', on }));
const damage = fc.constantFrom<Action>({ do: 'secret' }, { do: 'leaf' });
/** Days go by, but not so many at once that a certificate ends unseen. */
const days = fc.integer({ min: 1, max: 9 }).map((count): Action => ({ do: 'advance', ms: count * day }));
const jump = fc.integer({ min: 1, max: 800 }).map((count): Action => ({ do: 'jump', ms: count * day }));

function apply(world: World, action: Action): void {
  const at = 'on' in action ? world.replicas[action.on] : undefined;
  switch (action.do) {
    case 'look':
      if (at !== undefined) world.look(at);
      break;
    case 'act':
      if (at !== undefined) world.act(at);
      break;
    case 'restart':
      world.restart(action.on);
      break;
    case 'advance':
      world.advance(action.ms);
      break;
    case 'jump':
      world.jump(action.ms);
      break;
    case 'secret':
    case 'leaf':
      world.damage(action.do);
      break;
  }
}

function newWorld(): World {
  const world = new World(start, replicas, 2, defaultLifetimes);
  world.settle();
  world.advance(defaultLifetimes.settle);
  return world;
}

const objections = (world: World) => world.replicas.flatMap((one) => world.objection(one) ?? []);

describe('any number of replicas, in any order of looks and writes', () => {
  it('never serve what an API server would refuse, though Secrets are lost and years go by', { timeout }, () => {
    const calm = fc.array(
      fc.oneof(
        { weight: 6, arbitrary: look },
        { weight: 6, arbitrary: act },
        { weight: 3, arbitrary: advance },
        { weight: 1, arbitrary: damage },
      ),
      { maxLength: 60 },
    );
    const eras = fc.array(fc.tuple(calm, days), { maxLength: 60 });
    fc.assert(
      fc.property(eras, (all) => {
        const world = newWorld();
        for (const [actions, time] of all) {
          for (const action of actions) {
            apply(world, action);
            expect(objections(world)).toEqual([]);
          }
          // Every replica comes to its pass before so much time has gone by; what it needs meanwhile, it waits for.
          world.settle();
          world.advance(defaultLifetimes.settle);
          world.settle();
          apply(world, time);
          world.settle();
          expect(objections(world)).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('agree in the end on one valid certificate that every bundle trusts, whatever happened before', {
    timeout,
  }, () => {
    const anything = fc.array(fc.oneof(look, act, advance, restart, damage, jump), { maxLength: 80 });
    fc.assert(
      fc.property(anything, (actions) => {
        const world = newWorld();
        for (const action of actions) apply(world, action);
        for (let passes = 0; passes < 4; passes++) {
          world.settle();
          world.advance(defaultLifetimes.settle);
        }
        world.settle();
        const { stored } = world;
        expect(new Set(world.replicas.map(({ serving }) => serving?.id))).toEqual(new Set([stored?.leaf?.id]));
        expect(objections(world)).toEqual([]);
        expect(stored?.leaf?.issuer.id).toBe(stored?.authorities[0]?.id);
        for (const { entries } of world.bundles) expect(entries).toEqual([stored?.authorities]);
      }),
      { numRuns: 150 },
    );
  });
});
