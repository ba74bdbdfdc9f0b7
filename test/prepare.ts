/** Brings everything a cluster is made of, once and in front of all suites, so that its progress is seen. */
import { startBinaries } from '#cluster/binaries/ensure.ts';
import type { OnProgress } from '#cluster/context.ts';
import { ensureHostPackages } from '#cluster/host-packages.ts';
import { clusterPrograms } from '#cluster/programs.ts';
import { ensureOperatorImage } from '#scripts/image/ensure.ts';

const monitoringPrograms = ['prometheus', 'promtool'] as const;

/** What is wanted besides a cluster: the operator's image, Prometheus. */
export interface Wanted {
  readonly image: boolean;
  readonly monitoring: boolean;
}

/** Programs that tests run beside a cluster: kubectl and Helm, the engine of backups and a store for it. */
const besides = ['kubectl', 'helm', 'restic', 'minio'] as const;

/** Resolves when the host's packages, every program of a cluster, those that tests run beside it and what is wanted are there. */
export async function prepareCluster(onProgress: OnProgress, { image, monitoring }: Wanted): Promise<void> {
  const names = new Set(clusterPrograms({ storage: true, snapshots: true }).flatMap(({ binaries }) => binaries));
  await ensureHostPackages(onProgress);
  await Promise.all([
    startBinaries([...names, ...besides, ...(monitoring ? monitoringPrograms : [])], { onProgress }).all(),
    image ? ensureOperatorImage(onProgress) : undefined,
  ]);
}
