/** The PersistentVolumeClaim of one replica's volume. Dokkerr makes it, so that its size, source and fate are the spec's. */
import { type ClaimVolume, claimName, volumeLabel } from '#contracts/container/claims.ts';
import { migratedBy } from '#contracts/volume/marks.ts';
import type { Container } from '#crds/container.ts';
import { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { type Applied, apiVersionOf } from '#runtime/client/types.ts';
import { parseQuantity } from '#runtime/quantity.ts';
import { childMeta } from './labels.ts';

/** Deleted with the Container only where the spec says so; otherwise the claim has no owner and outlives it. */
export function isOwnedClaim(volume: ClaimVolume): boolean {
  return volume.claim.deletionPolicy === 'Delete';
}

/**
 * The claim as declared. A claim kept from an earlier Container may be larger than asked for: Kubernetes cannot shrink
 * it, so its size stays. One that was migrated keeps its class and modes, whatever the Container still says.
 */
export function buildClaim(
  container: Container,
  volume: ClaimVolume,
  ordinal: number,
  live: PersistentVolumeClaim | undefined,
): Applied<PersistentVolumeClaim> {
  const meta = childMeta(container, claimName(container, volume.name, ordinal));
  return {
    apiVersion: apiVersionOf(PersistentVolumeClaim),
    kind: PersistentVolumeClaim.kind,
    metadata: { ...meta, labels: { ...meta.labels, [volumeLabel]: volume.name } },
    spec: claimSpec(volume, live?.spec, live?.metadata.annotations?.[migratedBy] !== undefined),
  };
}

/**
 * The spec shared by claims and by the StatefulSet's templates of them. Of one that is there already, what cannot change
 * stays: where its data came from, and a size above the one asked for.
 */
export function claimSpec(volume: ClaimVolume, live?: PersistentVolumeClaim['spec'], isMigrated = false) {
  const { size } = volume.claim;
  const { storageClassName, accessModes = [] } = (isMigrated ? live : undefined) ?? volume.claim;
  const dataSourceRef = live === undefined ? sourceOf(volume) : live.dataSourceRef;
  return {
    accessModes: [...accessModes],
    resources: { requests: { storage: larger(size, live?.resources?.requests?.storage) } },
    ...(storageClassName === undefined ? {} : { storageClassName }),
    ...(dataSourceRef === undefined ? {} : { dataSourceRef }),
  };
}

function larger(asked: string, live: string | undefined): string {
  if (live === undefined) return asked;
  return (parseQuantity(live) ?? 0n) > (parseQuantity(asked) ?? 0n) ? live : asked;
}

/** A volume born with data: from a snapshot by its CSI driver, from a Restore by Dokkerr's populator. */
function sourceOf({ source }: ClaimVolume) {
  if (source?.snapshotRef !== undefined) {
    return { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: source.snapshotRef.name };
  }
  if (source?.restoreRef !== undefined) {
    return { apiGroup: 'dokkerr.io', kind: 'Restore', name: source.restoreRef.name };
  }
  return undefined;
}
