/** Edits at a steady pace: how long from an edit until a watch shows the status that answers it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Comparison } from './comparison.ts';
import { type Driver, names } from './driver.ts';
import { percentile } from './medians.ts';

/** Enough that no object is edited again before the last edit was answered. */
const objects = 500;
const seconds = 30;
/** Edits wait for no answer, so this long after the last one all answers have come or never will. */
const patienceMs = 60_000;

interface Edit {
  readonly name: string;
  readonly sentAt: number;
  /** of the object as edited */
  readonly generation: number;
}

interface Answer {
  readonly generation: number;
  readonly at: number;
}

export const edits: Comparison = {
  name: 'edits',
  about: 'edits at a steady pace, from each until its status is seen',
  variants: [50, 200, 500].map((rate) => ({ name: `${rate}/s`, rate })),
  measure: async (arena, { rate = 50 }, options) => {
    const all = names(options.objects ?? objects);
    const { operator } = await arena.start({ concurrency: 10 });
    await arena.driver.create(all, 'first');
    await arena.driver.allReady(all);
    const before = await operator.usage();
    const { latencies, sentPerSecond } = await edit(arena.driver, all, rate, options.seconds ?? seconds);
    const { cpuSeconds, peakRssMiB } = await operator.usage();
    return {
      'p50 ms': percentile(latencies, 0.5),
      'p99 ms': percentile(latencies, 0.99),
      'sent/s': Math.round(sentPerSecond),
      'CPU s/1000': ((cpuSeconds - before.cpuSeconds) / latencies.length) * 1000,
      'peak RSS MiB': peakRssMiB,
    };
  },
};

/** Sends edits by the clock, whether or not the last ones were answered. */
async function edit(driver: Driver, all: readonly string[], rate: number, duration: number) {
  const answers = new Map<string, Answer[]>();
  const unsubscribe = driver.widgets.subscribe(({ object: { metadata, status } }) => {
    const seen = answers.getOrInsertComputed(metadata.name, () => []);
    seen.push({ generation: status?.observedGeneration ?? 0, at: performance.now() });
  });
  const sent: Promise<Edit>[] = [];
  const startedAt = performance.now();
  while (performance.now() - startedAt < duration * 1000) {
    const due = ((performance.now() - startedAt) / 1000) * rate;
    while (sent.length < due) sent.push(send(driver, all[sent.length % all.length] ?? '', sent.length));
    await sleep(1);
  }
  const edits = await Promise.all(sent);
  const sentPerSecond = edits.length / ((performance.now() - startedAt) / 1000);
  const deadline = performance.now() + patienceMs;
  const latencyOf = ({ name, sentAt, generation }: Edit) => {
    const answer = answers.get(name)?.find((one) => one.generation >= generation);
    return answer === undefined ? undefined : answer.at - sentAt;
  };
  while (edits.some((one) => latencyOf(one) === undefined)) {
    if (performance.now() > deadline) throw new Error('edits were never answered by a status');
    await sleep(100);
  }
  unsubscribe();
  return { latencies: edits.map((one) => latencyOf(one) ?? Number.NaN), sentPerSecond };
}

async function send(driver: Driver, name: string, number: number): Promise<Edit> {
  const sentAt = performance.now();
  const { metadata } = await driver.edit(name, `edit ${number}`);
  return { name, sentAt, generation: metadata.generation ?? 0 };
}
