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
    .filter(({ spec }) => spec?.volumes?.some((volume) => wanted.has(volume.persistentVolumeClaim?.claimName ?? '')));
}
