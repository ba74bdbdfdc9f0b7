/** Removing objects of a repository without its engine: what is possible in a store too full to take an engine's lock. */
import { objectName, type StoreAccess } from './access.ts';
import { type RequestLimits, withClient } from './client.ts';

/**
 * Removes the objects of snapshots, which is all that restic does to forget them; their data stays until it is pruned.
 * Whoever calls it sees to it that nobody prunes meanwhile. Those that are gone already are no error.
 */
export function removeSnapshots(
  access: StoreAccess,
  snapshotIDs: readonly string[],
  limits: RequestLimits = {},
): Promise<void> {
  return withClient(access, limits, async ({ client }) => {
    for (const id of snapshotIDs) {
      await client.removeObject(access.repository.bucket, objectName(access, `snapshots/${id}`));
    }
  });
}
