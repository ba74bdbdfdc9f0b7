/** Churn that does not end: what a process holds must stay what it is. */
import { readdir, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Widget } from '#test/integration/controller/widget.ts';
import type { Comparison } from './comparison.ts';
import { names, namespace } from './driver.ts';
import { percentile } from './medians.ts';

/** An hour is what counts; `--seconds 3600`. */
const seconds = 600;
const objects = 500;
const turnsPerSecond = 20;
const sampleMs = 5000;

interface Sample {
  /** minutes since the start */
  readonly at: number;
  readonly rssMiB: number;
  readonly files: number;
  readonly sockets: number;
}

export const soak: Comparison = {
  name: 'soak',
  about: 'Widgets come, change and go: slope of memory, open files and connections',
  variants: [{ name: `${turnsPerSecond} changes/s` }],
  measure: async (arena, _, options) => {
    const { driver } = arena;
    const { operator } = await arena.start({ concurrency: 10 });
    const all = names(objects);
    await driver.create(all, 'first');
    await driver.allReady(all);
    const samples: Sample[] = [];
    const startedAt = performance.now();
    const elapsed = () => performance.now() - startedAt;
    let turn = 0;
    while (elapsed() < (options.seconds ?? seconds) * 1000) {
      if (elapsed() >= samples.length * sampleMs) {
        const { rssMiB } = await operator.usage();
        samples.push({ at: elapsed() / 60_000, rssMiB, ...(await openFiles(operator.pid)) });
      }
      const name = all[turn % all.length] ?? '';
      // Every fifth round through the names one goes and comes again.
      if (turn % 5 === 4) {
        await driver.client.delete(Widget, { namespace, name });
        await driver.create([`${name}-${turn}`], 'again');
        all[turn % all.length] = `${name.replace(/-\d+$/, '')}-${turn}`;
      } else await driver.edit(name, `turn ${turn}`);
      turn++;
      await sleep(Math.max(0, (turn / turnsPerSecond) * 1000 - elapsed()));
    }
    await driver.allReady(all);
    // The first third is warming up: heaps grow to what they need.
    const steady = samples.slice(Math.floor(samples.length / 3));
    return {
      minutes: elapsed() / 60_000,
      'RSS MiB': percentile(
        steady.map(({ rssMiB }) => rssMiB),
        0.5,
      ),
      'slope MiB/h': slope(steady.map(({ at, rssMiB }) => [at / 60, rssMiB])),
      'files at first': steady[0]?.files ?? 0,
      'files at last': steady.at(-1)?.files ?? 0,
      'sockets at last': steady.at(-1)?.sockets ?? 0,
    };
  },
};

async function openFiles(pid: number): Promise<{ files: number; sockets: number }> {
  const folder = `/proc/${pid}/fd`;
  const targets = await Promise.all((await readdir(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => '')));
  return { files: targets.length, sockets: targets.filter((target) => target.startsWith('socket:')).length };
}

/** Of the line with the least squares. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(points.map(([value]) => value));
  const y = mean(points.map(([, value]) => value));
  const covariance = mean(points.map(([px, py]) => (px - x) * (py - y)));
  return covariance / mean(points.map(([px]) => (px - x) ** 2));
}
