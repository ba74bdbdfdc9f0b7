/** Brings everything a cluster is made of, once and in front of all suites, so that its progress is seen. */
import { startBinaries } from '#cluster/binaries/ensure.ts';
import type { OnProgress } from '#cluster/context.ts';
import { ensureHostPackages } from '#cluster/host-packages.ts';
import { clusterPrograms } from '#cluster/programs.ts';
import { ensureOperatorImage } from '#scripts/image/ensure.ts';

/**
 * Resolves when the host's packages and every program of a cluster are there, those that tests run beside it, and the
 * operator's image where one is wanted.
 */
export async function prepareCluster(onProgress: OnProgress, { image }: { image: boolean }): Promise<void> {
  const names = new Set(clusterPrograms({ storage: true, snapshots: true }).flatMap(({ binaries }) => binaries));
  await ensureHostPackages(onProgress);
  await Promise.all([
    startBinaries([...names, 'kubectl', 'helm'], { onProgress }).all(),
    image ? ensureOperatorImage(onProgress) : undefined,
  ]);
}
