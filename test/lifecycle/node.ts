/** What a node does to a container: here, signals to its first process that no Kubernetes API would send. */
import { ensureBinaries } from '#cluster/binaries/ensure.ts';
import type { Cluster } from '#cluster/cluster.ts';
import { containerdSocket } from '#cluster/containerd.ts';
import type { Pod } from '#runtime/client/kinds.ts';

/** Sends the signal to the process of the pod's only container. */
export async function signalContainer(cluster: Cluster, pod: Pod, signal: NodeJS.Signals): Promise<void> {
  const { ctr } = await ensureBinaries(['ctr'], { onProgress: () => undefined });
  const id = pod.status?.containerStatuses?.[0]?.containerID?.replace('containerd://', '');
  if (id === undefined) throw new Error(`pod ${pod.metadata.name} has no container`);
  const task = ['--namespace', 'k8s.io', 'tasks', 'kill', '--signal', signal, id];
  await cluster.exec(ctr, ['--address', containerdSocket, ...task]);
}
