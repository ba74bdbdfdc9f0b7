/** The rotation of a key against a repository and a Secret that stand for themselves, with crashes anywhere. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Secret } from '#runtime/client/kinds.ts';
import { nextRotation } from './decide.ts';
import { keyIDOf, readState, withNext, withNextInUse, withoutPrevious } from './secret.ts';

const keepMs = 3_600_000;
const start = Date.parse('2026-01-01T00:00:00Z');

/** A key's id says which password it is of. */
const keyOf = (password: string) => `key-of-${password}`;

/** A Secret and a repository, changed as the step changes them: one thing at a time, each in one piece. */
class World {
  secret: Secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key' }, data: { password: 'first' } };
  readonly keys = new Set(['first']);
  readonly used: string[] = ['first'];
  now = start;
  #made = 0;

  get password(): string {
    return this.secret.data?.password ?? '';
  }

  /** Whether everything there was to do is done. `crash` ends it between what the mover did and what follows. */
  step(requested: string | undefined, crash: boolean): boolean {
    const now = new Date(this.now);
    const secret = readState(this.secret);
    const action = nextRotation({ requested, keepPreviousForMs: keepMs, secret, now });
    switch (action.kind) {
      case 'none':
      case 'keep':
        return true;
      case 'generate':
        this.#made += 1;
        this.#patch(withNext(this.secret, action.request, `made-${this.#made}`));
        return false;
      case 'replace': {
        const next = this.secret.data?.nextPassword ?? '';
        this.keys.add(next);
        if (crash) return false;
        const before = keyIDOf(this.secret) ?? keyOf('first');
        this.#patch(withNextInUse(this.secret, keyOf(next), before, now));
        this.used.push(next);
        return false;
      }
      case 'remove': {
        // The mover refuses to remove the key it came in with.
        if (action.keyID !== keyOf(this.password)) this.keys.delete(action.keyID.replace('key-of-', ''));
        if (!crash) this.#patch(withoutPrevious(this.secret));
        return false;
      }
    }
  }

  #patch({ metadata, data }: Record<string, unknown>): void {
    const { annotations } = metadata as { annotations: object };
    // Sound: a merge patch removes by null, and its other values are strings.
    const merged = (before: object = {}, change: object = {}) =>
      Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== null)) as Record<
        string,
        string
      >;
    this.secret = {
      ...this.secret,
      metadata: { ...this.secret.metadata, annotations: merged(this.secret.metadata.annotations, annotations) },
      data: merged(this.secret.data, data as object),
    };
  }

  settle(requested: string | undefined): void {
    for (let steps = 0; steps < 20 && !this.step(requested, false); steps++);
  }
}

describe('a key', () => {
  it('is replaced once for each request, and opens the repository whatever crashes', () => {
    const crashes = fc.array(fc.record({ crash: fc.boolean(), laterMs: fc.nat(2 * keepMs) }), { maxLength: 40 });
    fc.assert(
      fc.property(crashes, fc.nat(40), (events, secondRequestAt) => {
        const world = new World();
        for (const [index, { crash, laterMs }] of events.entries()) {
          world.step(index < secondRequestAt ? 'one' : 'two', crash);
          expect(world.keys.has(world.password)).toBe(true);
          world.now += laterMs;
        }
        world.settle('two');
        world.now += keepMs;
        world.settle('two');
        world.now += keepMs;
        world.settle('two');
        expect([...world.keys]).toEqual([world.password]);
        expect(world.used.length).toBeLessThanOrEqual(3);
        expect(world.used.length).toBeGreaterThanOrEqual(2);
        expect(keyIDOf(world.secret)).toBe(keyOf(world.password));
        expect(Object.keys(world.secret.data ?? {})).toEqual(['password']);
      }),
    );
  });

  it('opens the repository beside the new one until its grace ends, and then no more', () => {
    const world = new World();
    world.settle('one');
    expect([...world.keys]).toEqual(['first', 'made-1']);
    world.now += keepMs - 1000;
    world.settle('one');
    expect(world.keys.has('first')).toBe(true);
    world.now += 2000;
    world.settle('one');
    expect([...world.keys]).toEqual(['made-1']);
  });

  it('stays as it is while nobody asks', () => {
    const world = new World();
    world.settle(undefined);
    expect(world.used).toEqual(['first']);
    expect(world.secret.metadata.annotations).toBeUndefined();
  });
});
