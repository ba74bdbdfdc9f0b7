/** CleanUp, a duty: movers end and go, then the copies they read. What is in the store stays. */
import { removeOwnMovers } from '#contracts/mover/run.ts';
import { PersistentVolumeClaim, VolumeSnapshot } from '#runtime/client/kinds.ts';
import { isOwnedBy } from '#runtime/client/owners.ts';
import type { KubernetesObject } from '#runtime/client/types.ts';
import { done, type RunStep, wait } from '#runtime/itinerary/types.ts';
import { ownCopies } from '../copies.ts';
import type { BackupScope } from '../scope.ts';

export const cleanUp: RunStep<BackupScope> = {
  name: 'CleanUp',
  run: async (scope) => {
    const { pass, namespace, backup } = scope;
    const { cache, children } = pass;
    const isOurs = (copy: KubernetesObject) => isOwnedBy(copy, backup);
    const jobs = await removeOwnMovers(pass);
    const claims = cache.informer(PersistentVolumeClaim, ownCopies).list(namespace).filter(isOurs);
    for (const { metadata } of claims) await children.remove(PersistentVolumeClaim, { namespace, name: metadata.name });
    const snapshots = children.serves(VolumeSnapshot)
      ? cache.informer(VolumeSnapshot, ownCopies).list(namespace).filter(isOurs)
      : [];
    for (const { metadata } of snapshots) await children.remove(VolumeSnapshot, { namespace, name: metadata.name });
    const left = jobs + claims.length + snapshots.length;
    return left === 0 ? done() : wait('CleaningUp', `${left} objects of this run are going`);
  },
};
