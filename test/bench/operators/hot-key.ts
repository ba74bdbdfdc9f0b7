/** One object edited ten thousand times, as fast as it goes: few passes, never two at once, and the last edit wins. */

import { waitUntil } from '#cluster/wait.ts';
import { ConfigMap } from '#runtime/client/kinds.ts';
import type { Comparison } from './comparison.ts';
import { atOnce, names, namespace } from './driver.ts';

const edits = 10_000;
const editedAtOnce = 10;

export const hotKey: Comparison = {
  name: 'hot-key',
  about: 'one Widget edited again and again',
  variants: [{ name: 'one object', concurrency: 10 }],
  measure: async (arena, { concurrency = 10 }, options) => {
    const { operator } = await arena.start({ concurrency });
    const { driver } = arena;
    await driver.create(['hot'], 'first');
    await driver.allReady(['hot']);
    const mark = await arena.mark();
    const before = await operator.usage();
    const startedAt = performance.now();
    await atOnce(editedAtOnce, names(options.objects ?? edits, 'edit'), async (text) => {
      await driver.edit('hot', text);
    });
    const { spec } = await driver.edit('hot', 'last');
    await driver.allReady(['hot']);
    await waitUntil(
      'the last edit to win',
      async () => (await driver.client.get(ConfigMap, { namespace, name: 'hot' }))?.data?.text === spec.text,
      { timeoutMs: 30_000 },
    );
    const usage = await operator.usage();
    const calls = (await arena.calls(mark)).filter(({ name }) => name === 'hot');
    const applies = calls.filter(({ resource }) => resource === 'configmaps');
    return {
      passes: calls.filter(({ resource }) => resource === 'widgets/status').length,
      'calls of these': calls.length,
      'at once': overlaps(applies),
      'wall s': (performance.now() - startedAt) / 1000,
      'CPU s': usage.cpuSeconds - before.cpuSeconds,
    };
  },
};

/** Requests that began before the one before had ended: passes that ran at the same time. */
function overlaps(calls: readonly { readonly from: string; readonly to: string }[]): number {
  const sorted = calls.toSorted((a, b) => (a.from < b.from ? -1 : 1));
  return sorted.filter(({ from }, index) => from < (sorted[index - 1]?.to ?? '')).length;
}
