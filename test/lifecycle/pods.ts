/** Pods as whoever fears for them sees them: the same as before, or replaced, or restarted. */
import type { Kubectl } from '#cluster/kubectl.ts';
import type { Pod } from '#runtime/client/kinds.ts';
import { type Release, selectorOf } from '#test/operator/release.ts';

/** One line a pod: its name, its identity, and how often its containers were started again. */
export function livesOf(pods: readonly Pod[]): string[] {
  return pods.map(({ metadata, status }) => {
    const restarts = (status?.containerStatuses ?? []).map(({ restartCount }) => restartCount);
    return `${metadata.name} ${metadata.uid} restarted ${restarts.join('+')}`;
  });
}

/** Pods of the operator that are not on their way out. */
export async function operatorPods(kubectl: Kubectl, release: Release): Promise<Pod[]> {
  const args = ['get', 'pods', '--namespace', release.namespace, '--selector', selectorOf(release)];
  const { items } = await kubectl.json<{ items: Pod[] }>(args);
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}
