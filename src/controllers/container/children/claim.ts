/** The PersistentVolumeClaim of one replica's volume. Dokkerr makes it, so that its size, source and fate are the spec's. */
import { type ClaimVolume, claimName, volumeLabel } from '#contracts/container/claims.ts';
import { migratedBy, sizeBefore } from '#contracts/volume/marks.ts';
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
 * it, so its size stays. One that was migrated keeps its class, its modes and a smaller size, whatever the Container still says.
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
    spec: claimSpec(volume, live),
  };
}

/**
 * The spec shared by claims and by the StatefulSet's templates of them. Of one that is there already, what cannot change
 * stays: where its data came from, and a size above the one asked for.
 */
export function claimSpec(
  volume: ClaimVolume,
  existing?: { readonly metadata?: PersistentVolumeClaim['metadata']; readonly spec: PersistentVolumeClaim['spec'] },
) {
  const { [migratedBy]: migration, [sizeBefore]: givenUp } = existing?.metadata?.annotations ?? {};
  const live = existing?.spec;
  const { size } = volume.claim;
  const { storageClassName, accessModes = [] } = (migration === undefined ? undefined : live) ?? volume.claim;
  const dataSourceRef = live === undefined ? sourceOf(volume) : live.dataSourceRef;
  return {
    accessModes: [...accessModes],
    resources: { requests: { storage: sizeOf(size, live?.resources?.requests?.storage, givenUp) } },
    ...(storageClassName === undefined ? {} : { storageClassName }),
    ...(dataSourceRef === undefined ? {} : { dataSourceRef }),
  };
}

/** @param givenUp the size it had before it was made smaller: what asks for no more has not asked for it anew */
function sizeOf(asked: string, live: string | undefined, givenUp: string | undefined): string {
  if (live === undefined) return asked;
  const wanted = parseQuantity(asked) ?? 0n;
  if (givenUp !== undefined && wanted <= (parseQuantity(givenUp) ?? 0n)) return live;
  return (parseQuantity(live) ?? 0n) > wanted ? live : asked;
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
