/** Letting a backup go together with its data: what expiry and retention do. */
import { Backup } from '#crds/backup.ts';
import type { KubernetesObject } from '#runtime/client/types.ts';
import type { Pass } from '#runtime/controller/types.ts';

/**
 * Deletes a Backup as it was seen: a pin set meanwhile makes this a conflict, and the next pass looks again. That the data
 * goes too is said in its spec first, so that a crash in between does not leave the data behind.
 * @throws DKR_API_CONFLICT when it has changed since
 */
export async function discardBackup<T extends KubernetesObject>(
  { client }: Pick<Pass<T>, 'client'>,
  { metadata }: Backup,
): Promise<void> {
  const { resourceVersion, uid } = metadata;
  await client.patch(Backup, metadata, {
    metadata: resourceVersion === undefined ? {} : { resourceVersion },
    spec: { deletionPolicy: 'Delete' },
  });
  await client.delete(Backup, metadata, uid === undefined ? {} : { uid });
}
