import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { asDokkerrError } from '#runtime/errors.ts';
import type { Rebinding } from './decide.ts';
import { rebind } from './rebind.ts';
import { discardStaging, giveBack, retain, retire } from './settle.ts';
import { changedShape, shapeOf } from './shape.ts';
import { Crash, claimOf, migration, named, staging, type Turn, World } from './testing/world.ts';

/** Milliseconds; for a machine that does much besides. */
const timeout = 60_000;

const us: Turn = { who: 'us' };
const others = (...who: ('claims' | 'volumes' | 'pods' | 'gitops')[]) =>
  fc.record({ who: fc.constantFrom(...who), pick: fc.nat(5) });
/** Every request is a moment at which others act, or the process ends. */
const turns = (...who: Parameters<typeof others>) =>
  fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constant(us) },
      { weight: 3, arbitrary: others(...who) },
      fc.constant<Turn>({ who: 'crash' }),
    ),
    { maxLength: 250 },
  );
const policy = fc.constantFrom('Delete' as const, 'Retain' as const);
const setting = fc.record({ policy, gitops: fc.constantFrom('none', 'same', 'larger') });
const direction = fc.constantFrom('there' as const, 'back' as const);

function bindings(world: World): Record<'there' | 'back', Rebinding> {
  const source = world.claim(named.name);
  if (source === undefined) throw new Error('the world begins with a claim');
  const shape = changedShape(shapeOf(source), { migration, storageClassName: 'fast' });
  return {
    there: { claim: named, volume: 'new', shape, replaces: ['old'], migration },
    back: { claim: named, volume: 'old', replaces: ['new'], migration },
  };
}

/** One entry; the process may end in it, or somebody may have written meanwhile. Whoever comes next knows nothing of it. */
async function attempt<R>(entry: () => Promise<R>): Promise<R | undefined> {
  try {
    return await entry();
  } catch (thrown) {
    if (thrown instanceof Crash || asDokkerrError(thrown).class === 'conflict') return undefined;
    throw thrown;
  }
}

/** Called until it is done, while the others come to rest in between. */
async function finish(world: World, wanted: Rebinding): Promise<void> {
  for (let entries = 0; entries < 300; entries++) {
    if ((await attempt(() => rebind(world.client, wanted)))?.done === true) return;
    world.settle();
  }
  throw new Error('it is never done');
}

describe('a claim that is given another volume, crashes and the cluster in any order', () => {
  it('is bound to the one that was wanted last, and both volumes are there with their data', { timeout }, () =>
    fc.assert(
      fc.asyncProperty(
        setting,
        turns('claims', 'volumes', 'pods', 'gitops'),
        fc.array(direction, { maxLength: 8 }),
        direction,
        async (where, schedule, ways, last) => {
          const world = new World(where, schedule);
          const wanted = bindings(world);
          for (const way of ways) await attempt(() => rebind(world.client, wanted[way]));
          await finish(world, wanted[last]);
          world.settle();
          expect(world.broken).toEqual([]);
          expect(world.boundTo(named.name)).toBe(last === 'there' ? 'new' : 'old');
          expect(world.volume('old')).toBeDefined();
          expect(world.volume('new')).toBeDefined();
        },
      ),
      { numRuns: 400 },
    ),
  );
});

/** Called until it says so. */
async function until<R>(world: World, ends: readonly R[], entry: () => Promise<R>): Promise<void> {
  for (let entries = 0; entries < 300; entries++) {
    const result = await attempt(entry);
    if (result !== undefined && ends.includes(result)) return;
    world.settle();
  }
  throw new Error('it is never done');
}

describe('when a migration is over', () => {
  const quiet = turns('claims', 'volumes', 'pods');

  it(
    'the old volume goes where it would have gone with its claim, and stays otherwise; the new one is as its class has it',
    {
      timeout,
    },
    () =>
      fc.assert(
        fc.asyncProperty(setting, quiet, async (where, schedule) => {
          const world = new World(where, schedule);
          await finish(world, bindings(world).there);
          await until(world, ['given'], () => giveBack(world.client, 'new'));
          await until(world, ['gone', 'kept'], () => retire(world.client, 'old'));
          world.settle();
          expect(world.boundTo(named.name)).toBe('new');
          expect(world.volume('new')?.spec.persistentVolumeReclaimPolicy).toBe(where.policy);
          expect(world.broken).toEqual(where.policy === 'Delete' ? ['volume old was deleted'] : []);
        }),
        { numRuns: 100 },
      ),
  );

  /** Begun, left anywhere, and undone. */
  const undone = async (policy: 'Delete' | 'Retain', schedule: Turn[], entries: number) => {
    const world = new World({ policy, gitops: 'none' }, schedule);
    const { there, back } = bindings(world);
    for (let entry = 0; entry < entries; entry++) {
      await attempt(() => rebind(world.client, there));
      world.settle();
    }
    await finish(world, back);
    world.settle();
    return world;
  };

  it(
    'and was undone, the claim is as it was, and the new volume goes with what is left of its claim',
    { timeout },
    () =>
      fc.assert(
        fc.asyncProperty(policy, quiet, fc.nat(6), async (before, schedule, entries) => {
          const world = await undone(before, schedule, entries);
          const volume = entries === 0 ? undefined : 'new';
          await until(world, ['gone'], () => discardStaging(world.client, { claim: staging, volume, migration }));
          await until(world, ['given'], () => giveBack(world.client, 'old'));
          world.settle();
          expect(world.boundTo(named.name)).toBe('old');
          expect(world.broken).toEqual(['volume new was deleted']);
          expect(world.api.list(PersistentVolumeClaim).map(({ metadata }) => metadata.name)).toEqual([named.name]);
          expect(world.claim(named.name)?.metadata).toMatchObject({ labels: { app: 'shop' } });
          expect(world.claim(named.name)?.spec.storageClassName).toBe('slow');
          expect(world.claim(named.name)?.metadata.annotations).not.toHaveProperty('dokkerr.io/migrated-by');
          expect(world.volume('old')?.metadata.annotations).toEqual({ 'pv.kubernetes.io/provisioned-by': 'csi' });
          expect(world.volume('old')?.spec.persistentVolumeReclaimPolicy).toBe(before);
        }),
        { numRuns: 200 },
      ),
  );

  it(
    'and was undone after people wrote to the new volume, that is kept and given to no claim by chance',
    {
      timeout,
    },
    () =>
      fc.assert(
        fc.asyncProperty(policy, quiet, fc.nat(6), async (before, schedule, entries) => {
          const world = await undone(before, schedule, entries);
          if (world.claim(staging.name) !== undefined) return;
          await until(world, ['kept'], () => retain(world.client, 'new'));
          await until(world, ['given'], () => giveBack(world.client, 'old'));
          world.api.drop(PersistentVolumeClaim, named);
          world.api.create(PersistentVolumeClaim, claimOf(named, {}));
          world.settle();
          expect(world.boundTo(named.name)).not.toBe('new');
          expect(world.volume('new')?.status?.phase).toBe('Released');
        }),
        { numRuns: 200 },
      ),
  );

  it('a volume that a claim has is never let go', async () => {
    const world = new World({ policy: 'Delete', gitops: 'none' }, []);
    for (const name of ['old', 'new']) {
      expect(await retire(world.client, name)).toBe('inUse');
      expect(await retain(world.client, name)).toBe('inUse');
      expect(world.volume(name)?.spec.persistentVolumeReclaimPolicy).toBe('Delete');
    }
    await finish(world, bindings(world).there);
    expect(await giveBack(world.client, 'old')).toBe('unbound');
    expect(await retire(world.client, 'new')).toBe('inUse');
  });
});
