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
  | { do: 'look' | 'act' | 'pass' | 'restart'; on: number }
  | { do: 'advance' | 'jump'; ms: number }
  | { do: 'secret' | 'leaf' };

const look = replica.map((on): Action => ({ do: 'look', on }));
const act = replica.map((on): Action => ({ do: 'act', on }));
const pass = replica.map((on): Action => ({ do: 'pass', on }));
const advance = moment.map((ms): Action => ({ do: 'advance', ms }));
const restart = replica.map((on): Action => ({ do: 'restart', on }));
const damage = fc.constantFrom<Action>({ do: 'secret' }, { do: 'leaf' });
/** Days go by, but not so many at once that a certificate ends unseen. */
const days = fc.integer({ min: 1, max: 9 });
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
    case 'pass':
      if (at !== undefined) world.pass(at);
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

/** All replicas at rest, with an authority that is due for renewal in a few days. */
function agedWorld(): World {
  const world = new World(start, replicas, 2, defaultLifetimes);
  world.rest();
  for (let age = 0; age < 240; age += 10) {
    world.advance(10 * day);
    world.rest();
  }
  return world;
}

const objections = (world: World) => world.replicas.flatMap((one) => world.objection(one) ?? []);

describe('any number of replicas, in any order of looks and writes', () => {
  /** Weeks of such actions, each followed by nothing but time, without one objection. */
  const neverObjected = (actions: fc.Arbitrary<Action>[]) => {
    const mixed = [look, act, pass, pass, pass, advance, ...actions];
    const eras = fc.array(fc.tuple(fc.array(fc.oneof(...mixed), { maxLength: 40 }), days), { maxLength: 12 });
    fc.assert(
      fc.property(eras, (all) => {
        const world = agedWorld();
        for (const [era, count] of all) {
          // What falls due in these days is found by whoever looks first.
          world.advance(count * day);
          for (const action of era) {
            apply(world, action);
            expect(objections(world)).toEqual([]);
          }
          world.rest();
          expect(objections(world)).toEqual([]);
        }
      }),
      { numRuns: 100 },
    );
  };

  it('never serve what an API server would refuse, though the Secret is lost or damaged', { timeout }, () => {
    neverObjected([damage]);
  });

  it('never serve what an API server would refuse, though they are restarted in the middle of it', { timeout }, () => {
    neverObjected([restart]);
  });

  it('agree in the end on one valid certificate that every bundle trusts, whatever happened before', {
    timeout,
  }, () => {
    const anything = fc.array(fc.oneof(look, act, pass, advance, restart, damage, jump), { maxLength: 80 });
    fc.assert(
      fc.property(anything, (actions) => {
        const world = agedWorld();
        for (const action of actions) apply(world, action);
        world.rest();
        const { stored } = world;
        expect(new Set(world.replicas.map(({ serving }) => serving?.id))).toEqual(new Set([stored?.leaf?.id]));
        expect(objections(world)).toEqual([]);
        expect(stored?.leaf?.issuer.id).toBe(stored?.authorities[0]?.id);
        for (const { entries } of world.bundles) expect(entries).toEqual([stored?.authorities]);
      }),
      { numRuns: 100 },
    );
  });
});
