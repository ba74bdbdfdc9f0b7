import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manualClock } from '../manual-clock.ts';
import { createQueue } from './queue.ts';
import type { Priority, QueueObserver } from './types.ts';

function queueOnManualClock(observer?: QueueObserver) {
  const clock = manualClock();
  return { clock, queue: createQueue(observer === undefined ? { clock } : { clock, observer }) };
}

describe('a work queue', () => {
  it('hands keys out in the order they came, each once', async () => {
    const { queue } = queueOnManualClock();
    for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key);
    expect(queue.depth).toBe(3);
    expect([await queue.take(), await queue.take(), await queue.take()]).toEqual(['a', 'b', 'c']);
  });

  it('wakes a waiting worker', async () => {
    const { queue } = queueOnManualClock();
    const taken = queue.take();
    queue.add('a');
    expect(await taken).toBe('a');
    expect(queue.depth).toBe(0);
  });

  it('runs a key that was added while it was being processed once more, and only after done', async () => {
    const { queue } = queueOnManualClock();
    queue.add('a');
    await queue.take();
    queue.add('a');
    queue.add('a');
    expect(queue.depth).toBe(0);
    queue.worked('a');
    expect(queue.depth).toBe(0);
    queue.done('a');
    expect(queue.depth).toBe(1);
    await queue.take();
    queue.done('a');
    expect(queue.depth).toBe(0);
  });

  it('prefers live changes to the first list', async () => {
    const { queue } = queueOnManualClock();
    queue.add('listed', { priority: 'low' });
    queue.add('changed');
    expect(await queue.take()).toBe('changed');
    expect(await queue.take()).toBe('listed');
  });

  it('raises a listed key that then changes, and never lowers one', async () => {
    const { queue } = queueOnManualClock();
    for (const key of ['a', 'b', 'c']) queue.add(key, { priority: 'low' });
    queue.add('c');
    queue.add('c', { priority: 'low' });
    expect(await queue.take()).toBe('c');
    expect(queue.depth).toBe(2);
  });

  it('lets the first list through even under a steady stream of changes', async () => {
    const { queue } = queueOnManualClock();
    queue.add('listed', { priority: 'low' });
    for (let taken = 0; taken < 8; taken++) {
      queue.add(`change-${taken}`);
      if ((await queue.take()) === 'listed') return;
    }
    expect.unreachable('the listed key was never handed out');
  });

  it('holds a delayed key back until its time', () => {
    const { queue, clock } = queueOnManualClock();
    queue.addAfter('a', 1000);
    clock.advance(999);
    expect(queue.depth).toBe(0);
    clock.advance(1);
    expect(queue.depth).toBe(1);
  });

  it('keeps the earliest of several times', () => {
    const { queue, clock } = queueOnManualClock();
    queue.addAfter('a', 5000);
    queue.addAfter('a', 1000);
    queue.addAfter('a', 9000);
    expect(queue.delayed).toBe(1);
    clock.advance(1000);
    expect(queue.depth).toBe(1);
    expect(queue.delayed).toBe(0);
  });

  it('drops the delay of a key that is added meanwhile', async () => {
    const { queue, clock } = queueOnManualClock();
    queue.addAfter('a', 1000);
    queue.add('a');
    expect(await queue.take()).toBe('a');
    queue.done('a');
    clock.advance(2000);
    expect(queue.depth).toBe(0);
  });

  it('lets a delay that ends during a pass run the key once more', async () => {
    const { queue, clock } = queueOnManualClock();
    queue.add('a');
    await queue.take();
    queue.addAfter('a', 100);
    clock.advance(100);
    expect(queue.depth).toBe(0);
    queue.done('a');
    expect(queue.depth).toBe(1);
  });

  it('doubles the delay of a failing key from 5 ms to 1000 s, and starts anew after forget', async () => {
    const { queue, clock } = queueOnManualClock();
    const delays: number[] = [];
    for (let failure = 0; failure < 20; failure++) {
      delays.push(queue.addBackoff('a'));
      clock.advance(1_000_000);
      await queue.take();
      queue.done('a');
    }
    expect(delays.slice(0, 4)).toEqual([5, 10, 20, 40]);
    expect(delays.at(-1)).toBe(1_000_000);
    queue.forget('a');
    expect(queue.addBackoff('a')).toBe(5);
    expect(queue.addBackoff('a', { capMs: 7 })).toBe(7);
  });

  it('hands out what is ready when it drains, then ends, and takes nothing new', async () => {
    const { queue, clock } = queueOnManualClock();
    queue.add('a');
    queue.addAfter('later', 1000);
    const taken = await queue.take();
    queue.add('b');
    queue.add('a');
    const drained = queue.shutdown({ drain: true });
    queue.add('c');
    expect(taken).toBe('a');
    expect(await queue.take()).toBe('b');
    const last = queue.take();
    queue.done('a');
    expect(await last).toBe('a');
    const end = queue.take();
    queue.done('a');
    queue.done('b');
    await drained;
    expect(await end).toBeUndefined();
    expect(clock.pending).toBe(0);
  });

  it('waits for what is held and drops the rest when it shuts down without draining', async () => {
    const { queue } = queueOnManualClock();
    queue.add('a');
    queue.add('b');
    await queue.take();
    queue.add('a');
    const stopped = queue.shutdown();
    expect(queue.depth).toBe(0);
    queue.done('a');
    await stopped;
    expect(await queue.take()).toBeUndefined();
  });

  it('reports depth, waiting time, working time and retries', async () => {
    const seen: string[] = [];
    const { queue, clock } = queueOnManualClock({
      depth: (priority, keys) => seen.push(`depth ${priority} ${keys}`),
      added: () => seen.push('added'),
      retried: () => seen.push('retried'),
      waited: (seconds) => seen.push(`waited ${seconds}`),
      worked: (seconds) => seen.push(`worked ${seconds}`),
    });
    queue.add('a');
    clock.advance(2000);
    await queue.take();
    clock.advance(3000);
    expect(queue.running()).toEqual([{ key: 'a', seconds: 3 }]);
    queue.worked('a');
    expect(queue.running()).toEqual([]);
    clock.advance(500);
    queue.done('a');
    queue.addBackoff('a');
    expect(seen).toEqual(['added', 'depth normal 1', 'depth normal 0', 'waited 2', 'worked 3', 'retried']);
  });
});

describe('whatever is done to a work queue', () => {
  type Action =
    | { kind: 'add' | 'backoff' | 'done' | 'forget'; key: string; priority: Priority }
    | { kind: 'after'; key: string; priority: Priority; ms: number }
    | { kind: 'advance'; ms: number }
    | { kind: 'take' };
  const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const priority = fc.constantFrom<Priority>('normal', 'low');
  const ms = fc.integer({ min: 0, max: 50 });
  const action: fc.Arbitrary<Action> = fc.oneof(
    fc.record({
      kind: fc.constantFrom('add' as const, 'backoff' as const, 'done' as const, 'forget' as const),
      key,
      priority,
    }),
    fc.record({ kind: fc.constant('after' as const), key, priority, ms }),
    fc.record({ kind: fc.constant('advance' as const), ms }),
    fc.record({ kind: fc.constant('take' as const) }),
  );

  it('no key is held twice, and every add is followed by a hand-out that starts after it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 120 }), async (actions) => {
        const { queue, clock } = queueOnManualClock();
        const held = new Set<string>();
        /** keys added since they were last handed out: each must come out again */
        const owed = new Set<string>();
        const takeReady = async () => {
          const taken = await queue.take();
          if (taken === undefined) throw new Error('handed out nothing though the queue is open');
          expect(held.has(taken)).toBe(false);
          held.add(taken);
          owed.delete(taken);
        };
        for (const step of actions) {
          switch (step.kind) {
            case 'add':
              queue.add(step.key, { priority: step.priority });
              owed.add(step.key);
              break;
            case 'after':
              queue.addAfter(step.key, step.ms, { priority: step.priority });
              owed.add(step.key);
              break;
            case 'backoff':
              queue.addBackoff(step.key, { priority: step.priority });
              owed.add(step.key);
              break;
            case 'forget':
              queue.forget(step.key);
              break;
            case 'done':
              queue.done(step.key);
              held.delete(step.key);
              break;
            case 'advance':
              clock.advance(step.ms);
              break;
            case 'take':
              if (queue.depth > 0) await takeReady();
              break;
          }
          expect(queue.held).toBe(held.size);
        }
        for (const one of [...held]) {
          queue.done(one);
          held.delete(one);
        }
        clock.advance(2_000_000);
        while (queue.depth > 0) await takeReady();
        expect([...owed]).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });
});
