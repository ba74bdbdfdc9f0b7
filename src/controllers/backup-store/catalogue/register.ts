/** Declares a backup that was found in the repository, and writes how it ended long ago. */
import { discoveredAnnotations, isDiscovered, snapshotUID } from '#contracts/backup/discovered.ts';
import { scheduleLabel } from '#contracts/backup/schedule.ts';
import { Backup } from '#crds/backup.ts';
import type { BackupStore } from '#crds/backup-store.ts';
import { apiVersionOf } from '#runtime/client/types.ts';
import { managedByLabel } from '#runtime/controller/children.ts';
import { asDokkerrError } from '#runtime/errors.ts';
import type { BackupStoreScope } from '../scope.ts';
import type { Discovered } from './discover.ts';

/** Resolves to whether it is done; if not, somebody was at it at the same time, and another look will show. */
export async function register({ pass, store, namespace }: BackupStoreScope, found: Discovered): Promise<boolean> {
  try {
    const there = pass.cache.informer(Backup).get({ namespace, name: found.name });
    if (there !== undefined && (!isDiscovered(there) || snapshotUID(there) !== found.uid)) return false;
    const backup = there ?? (await pass.client.create(Backup, declaration(found, store, namespace)));
    const { resourceVersion } = backup.metadata;
    // The guard keeps this from being taken back by, or taking back, what the Backup's own controller writes.
    await pass.client.patch(
      Backup,
      backup.metadata,
      { ...(resourceVersion === undefined ? {} : { metadata: { resourceVersion } }), status: statusOf(found, store) },
      { subresource: 'status' },
    );
    return true;
  } catch (thrown) {
    if (asDokkerrError(thrown).code === 'DKR_API_CONFLICT') return false;
    throw thrown;
  }
}

/**
 * It is of a Container only in the namespace it was made in: a restore of a Container's latest backup must not take one of
 * a namesake. It keeps its data when deleted, as every backup whose owner has not said otherwise.
 */
function declaration({ name, uid, origin, volumes }: Discovered, store: BackupStore, namespace: string) {
  const { container, schedule } = origin;
  const isHere = origin.namespace === namespace;
  const source =
    isHere && container !== undefined
      ? { containerRef: { name: container } }
      : { source: { claims: volumes.map(({ claim }) => ({ name: claim })) } };
  return {
    apiVersion: apiVersionOf(Backup),
    kind: Backup.kind,
    metadata: {
      namespace,
      name,
      labels: {
        [managedByLabel]: 'dokkerr',
        ...(isHere && schedule !== undefined ? { [scheduleLabel]: schedule } : {}),
      },
      annotations: discoveredAnnotations(uid),
    },
    spec: Backup.spec.parse({ ...source, storeRef: { name: store.metadata.name }, deletionPolicy: 'Retain' }),
  };
}

/** Its own controller fills in the rest from this. */
function statusOf({ volumes, startedAt, completedAt }: Discovered, store: BackupStore) {
  return {
    itinerary: 'Forward',
    steps: [],
    startedAt,
    completedAt,
    outcome: 'Completed',
    resolved: {
      store: store.metadata.name,
      repositoryID: store.status?.repositoryID,
      claims: volumes.map(({ claim }) => ({ name: claim })),
      volumes,
    },
    phase: 'Completed',
    origin: 'Discovered',
    volumes,
  };
}
