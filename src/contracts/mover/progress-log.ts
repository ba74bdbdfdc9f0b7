/** The progress of a mover under way, read from the end of its log. Nothing depends on it: an error is no progress. */
import type { Progress } from '#crds/run/progress.ts';
import type { Pod } from '#runtime/client/kinds.ts';
import type { KubernetesObject } from '#runtime/client/types.ts';
import { rfc3339 } from '#runtime/controller/conditions.ts';
import type { Pass } from '#runtime/controller/types.ts';
import { asDokkerrError } from '#runtime/errors.ts';
import { moverContainer } from './job.ts';
import { moverLine } from './progress.ts';

/** Undefined before the first line. */
export async function readProgress<T extends KubernetesObject>(
  { client, log, now }: Pass<T>,
  { metadata: { namespace = '', name } }: Pod,
): Promise<Progress | undefined> {
  try {
    const line = await client.raw(
      `/api/v1/namespaces/${namespace}/pods/${name}/log?container=${moverContainer}&tailLines=1`,
    );
    const parsed = moverLine.safeParse(line);
    if (!parsed.success || parsed.data.type !== 'progress') return undefined;
    const { bytesDone, totalBytes, filesDone, totalFiles, percent, bytesPerSecond } = parsed.data;
    const updatedAt = rfc3339(now());
    return { bytesDone, totalBytes, filesDone, totalFiles, percent: Math.floor(percent), bytesPerSecond, updatedAt };
  } catch (thrown) {
    log.debug({ err: asDokkerrError(thrown) }, 'no progress could be read');
    return undefined;
  }
}

/** Of several movers together. */
export function sumProgress(all: readonly Progress[]): Progress | undefined {
  const [first] = all;
  if (first === undefined) return undefined;
  const sum = (of: (progress: Progress) => number) => all.reduce((total, progress) => total + of(progress), 0);
  const bytesDone = sum((progress) => progress.bytesDone);
  const totalBytes = sum((progress) => progress.totalBytes);
  return {
    bytesDone,
    totalBytes,
    filesDone: sum((progress) => progress.filesDone),
    totalFiles: sum((progress) => progress.totalFiles),
    percent: totalBytes === 0 ? 0 : Math.min(100, Math.floor((100 * bytesDone) / totalBytes)),
    bytesPerSecond: sum((progress) => progress.bytesPerSecond),
    updatedAt: first.updatedAt,
  };
}
