/** So many Widgets made at once: how long until each is Ready, and what that takes of the operator and of the API server. */
import { isWrite } from '../audit.ts';
import type { Comparison } from './comparison.ts';
import { names } from './driver.ts';

const objects = 1000;
const text = 'x'.repeat(100);

export const create: Comparison = {
  name: 'create',
  about: 'Widgets made 20 at a time until all are Ready',
  variants: [10, 1, 50].map((concurrency) => ({ name: `concurrency ${concurrency}`, concurrency })),
  measure: async (arena, { concurrency = 10 }, options) => {
    const count = options.objects ?? objects;
    const { operator, firstReadySeconds } = await arena.start({ concurrency });
    const idle = await operator.usage();
    const mark = await arena.mark();
    const startedAt = performance.now();
    await arena.driver.create(names(count), text);
    await arena.driver.allReady(names(count));
    const wall = (performance.now() - startedAt) / 1000;
    const { cpuSeconds, peakRssMiB } = await operator.usage();
    const calls = await arena.calls(mark);
    return {
      'first s': firstReadySeconds,
      'wall s': wall,
      'CPU s/1000': ((cpuSeconds - idle.cpuSeconds) / count) * 1000,
      'idle RSS MiB': idle.rssMiB,
      'peak RSS MiB': peakRssMiB,
      'calls/object': calls.filter(({ verb }) => verb !== 'watch').length / count,
      'writes/object': calls.filter(isWrite).length / count,
      conflicts: calls.filter(({ code }) => code === 409).length,
    };
  },
};
