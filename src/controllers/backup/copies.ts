/** The copies of claims that a backup makes for its movers: marked, so that they are found again and cleared away. */
import { PersistentVolumeClaim, VolumeSnapshot } from '#runtime/client/kinds.ts';
import { apiVersionOf } from '#runtime/client/types.ts';
import { DokkerrError } from '#runtime/errors.ts';
import type { BackupScope } from './scope.ts';

/** On snapshots and claims that live no longer than the run which made them. */
export const copyLabel = 'dokkerr.io/copy';

/** How they are cached: these and no others. */
export const ownCopies = { labelSelector: copyLabel };

/** A claim with the same content, for the mover alone: from the snapshot of the same name, or straight from the claim. */
export async function makeCopy(
  { pass, namespace }: BackupScope,
  claim: string,
  copy: string,
  fromSnapshot: boolean,
): Promise<PersistentVolumeClaim> {
  const original = await pass.client.get(PersistentVolumeClaim, { namespace, name: claim });
  if (original === undefined) {
    throw new DokkerrError('DKR_SNAPSHOT_FAILED', `claim ${claim} was deleted while it was being copied`);
  }
  const { storageClassName } = original.spec ?? {};
  const storage = original.status?.capacity?.storage ?? original.spec?.resources?.requests?.storage ?? '1Gi';
  return pass.children.apply(PersistentVolumeClaim, {
    apiVersion: apiVersionOf(PersistentVolumeClaim),
    kind: PersistentVolumeClaim.kind,
    metadata: { name: copy, labels: { [copyLabel]: 'claim' } },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage } },
      ...(storageClassName === undefined ? {} : { storageClassName }),
      dataSource: fromSnapshot
        ? { apiGroup: VolumeSnapshot.group, kind: VolumeSnapshot.kind, name: copy }
        : { kind: PersistentVolumeClaim.kind, name: claim },
    },
  });
}
