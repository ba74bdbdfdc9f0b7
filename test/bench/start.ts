/** How long a newcomer waits: for the cluster, the operator, and the first Container. */
import { createCluster } from '#cluster/cluster.ts';
import { ensureNotesImage } from '#cluster/images/notes.ts';
import { createKubectl } from '#cluster/kubectl.ts';
import { installKinds } from '#test/operator/install.ts';
import { startOperator } from '#test/operator/process.ts';
import type { Row } from './table.ts';

const rounds = 3;

/** One row a round. */
export async function measureStart(note: (line: string) => void): Promise<readonly Row[]> {
  const image = await ensureNotesImage('1.0');
  const rows: Row[] = [];
  for (let round = 1; round <= rounds; round++) {
    note(`round ${round} of ${rounds}`);
    const stopwatch = createStopwatch();
    await using cluster = await createCluster({ name: `bench-${process.pid}`, owner: process.pid, snapshots: false });
    const clusterReady = stopwatch();
    await cluster.loadImage(image);
    const kubectl = await createKubectl(cluster.kubeconfigPath);
    await installKinds(kubectl);
    stopwatch();
    await using _operator = await startOperator({ kubeconfigPath: cluster.kubeconfigPath });
    const operatorReady = stopwatch();
    await kubectl(['apply', '-f', 'examples/container.yaml']);
    await kubectl(['wait', '--for=condition=Ready', 'container/notes', '--timeout=60s']);
    rows.push({ round, 'cluster s': clusterReady, 'operator s': operatorReady, 'Container s': stopwatch() });
  }
  return rows;
}

/** Seconds since the last call, or since it was made. */
function createStopwatch(): () => number {
  let since = performance.now();
  return () => {
    const now = performance.now();
    const seconds = (now - since) / 1000;
    since = now;
    return seconds;
  };
}
