/**
 * An operator that starts where everything has been done already: how long until it has looked at all of it, what it holds
 * in memory then, what it writes (nothing), and whether somebody who comes meanwhile has to wait for it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isWrite } from '../audit.ts';
import type { Comparison } from './comparison.ts';
import type { Running } from './contestant.ts';
import { names } from './driver.ts';

const objects = 10_000;
/** A process that uses less than this share of a core for so long has nothing left to do. */
const idleShare = 0.05;
const idleMs = 3000;
const sampleMs = 250;
/** Time for collectors of garbage to come to rest. */
const settleMs = 15_000;

export const restart: Comparison = {
  name: 'restart',
  about: 'a new operator over Widgets that are all Ready: start, memory, writes, and a Widget that is new',
  variants: [
    { name: '1 KB', bytes: 1000 },
    { name: '10 KB', bytes: 10_000 },
  ],
  measure: async (arena, { bytes = 1000 }, { objects: count = objects }) => {
    const all = names(count);
    const first = await arena.start({ concurrency: 10 });
    await arena.driver.create(all, 'x'.repeat(bytes));
    await arena.driver.allReady(all);
    await sleep(settleMs);
    const settledAfterCreate = (await first.operator.usage()).rssMiB;
    await first.operator.stop('SIGKILL');
    const mark = await arena.mark();
    const startedAt = performance.now();
    const operator = await arena.launch({ concurrency: 10 });
    // Made at once, so that its watch event or its place in the first list stands behind all the others.
    await arena.driver.create(['new'], 'new');
    await arena.driver.allReady(['new']);
    const newReady = (performance.now() - startedAt) / 1000;
    const quiet = await untilIdle(operator);
    await sleep(settleMs);
    const usage = await operator.usage();
    const writes = (await arena.calls(mark)).filter((call) => isWrite(call) && call.name !== 'new');
    return {
      'new Ready s': newReady,
      'quiet s': quiet,
      'CPU s': usage.cpuSeconds,
      'peak RSS MiB': usage.peakRssMiB,
      'settled RSS MiB': usage.rssMiB,
      'settled after create MiB': settledAfterCreate,
      'writes of others': writes.length,
    };
  },
};

/** Seconds from its start until it had nothing to do. */
async function untilIdle(operator: Running): Promise<number> {
  let busyAt = performance.now();
  let { cpuSeconds } = await operator.usage();
  let at = performance.now();
  while (performance.now() - busyAt < idleMs) {
    await sleep(sampleMs);
    const usage = await operator.usage();
    const now = performance.now();
    if (usage.cpuSeconds - cpuSeconds > (idleShare * (now - at)) / 1000) busyAt = now;
    cpuSeconds = usage.cpuSeconds;
    at = now;
  }
  return (busyAt - operator.startedAt) / 1000;
}
