/** Makes something of the image cache once: under a lock, in a folder of its own, visible only when it is whole. */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { exists } from '#cluster/binaries/cache.ts';
import { withLock } from '#cluster/binaries/lock.ts';
import { onInterrupt } from '#cluster/interrupt.ts';
import type { Workplace } from './sandbox.ts';

/**
 * Unless `target` exists, runs `work`, which has to let it appear by one rename. Its workplace is removed afterwards, also
 * after an interrupt; what a killed process left is removed by the next one that wants the same.
 */
export async function makeOnce(target: string, work: (place: Workplace) => Promise<void>): Promise<void> {
  if (await exists(target)) return;
  await mkdir(dirname(target), { recursive: true });
  const interrupt = new AbortController();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const forget = onInterrupt(() => {
    interrupt.abort(new Error('interrupted'));
    return ended;
  });
  try {
    await withLock(`${target}.lock`, { signal: interrupt.signal }, async () => {
      if (!(await exists(target))) await workAside(target, interrupt.signal, work);
    });
  } finally {
    end();
    forget();
  }
}

async function workAside(
  target: string,
  signal: AbortSignal,
  work: (place: Workplace) => Promise<void>,
): Promise<void> {
  const prefix = `${basename(target)}.partial-`;
  const cache = dirname(target);
  const remove = (folder: string) => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  const left = (await readdir(cache)).filter((entry) => entry.startsWith(prefix));
  await Promise.all(left.map((entry) => remove(join(cache, entry))));
  const folder = await mkdtemp(join(cache, prefix));
  try {
    await work({ folder, signal });
  } finally {
    await remove(folder);
  }
}
