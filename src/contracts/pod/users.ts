/** Which pods use a claim. Asked of the API server: the operator watches no pods but its own. */
import { moverLabel } from '#contracts/mover/job.ts';
import { Pod } from '#runtime/client/kinds.ts';
import type { Client } from '#runtime/client/types.ts';

/** Pods that mount one of the claims and have not ended; movers aside. */
export async function podsUsing(client: Client, namespace: string, claims: readonly string[]): Promise<Pod[]> {
  const wanted = new Set(claims);
  const { items } = await client.list(Pod, { namespace, labelSelector: `!${moverLabel}` });
  return items
    .filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed')
    .filter((pod) => claimsOf(pod).some((claim) => wanted.has(claim)));
}

/**
 * Pods that have ended and name one of the claims; movers aside. Kubernetes lets no claim go that any pod names
 * (https://kubernetes.io/docs/concepts/storage/persistent-volumes/#storage-object-in-use-protection).
 */
export async function endedPodsNaming(client: Client, namespace: string, claims: readonly string[]): Promise<Pod[]> {
  const wanted = new Set(claims);
  const { items } = await client.list(Pod, { namespace, labelSelector: `!${moverLabel}` });
  return items
    .filter(({ status }) => status?.phase === 'Succeeded' || status?.phase === 'Failed')
    .filter((pod) => claimsOf(pod).some((claim) => wanted.has(claim)));
}

/** The claims it mounts, by name. */
export function claimsOf({ spec }: Pod): string[] {
  return (spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
}
