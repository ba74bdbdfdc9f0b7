/** The claims that a restore makes: one that the user wants, one to be given away, or those to be looked at and thrown away. */
import type { ResolvedRestore, Restore } from '#crds/restore.ts';
import { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { type Applied, apiVersionOf } from '#runtime/client/types.ts';
import { claimToFill, primeClaim } from './populate.ts';
import type { RestoreScope } from './scope.ts';
import type { StoredVolume } from './select.ts';

/** Percent more than the files have: what a file system needs for itself, and the last block of each file. */
const scratchSurplus = 20;
/** Bytes more than that, for volumes of next to nothing: more than the smallest of the usual file systems asks for. */
const scratchFloor = 64 << 20;
const mebibyte = 1 << 20;

/** Makes what is not there yet. */
export async function ensureClaims(scope: RestoreScope, { volumes = [], populates }: ResolvedRestore): Promise<void> {
  const { restore, pass } = scope;
  const { claim, scratch } = restore.spec.target;
  // It is the user's from then on.
  if (claim !== undefined) await pass.children.apply(PersistentVolumeClaim, declared(claim), { owned: false });
  if (populates !== undefined) {
    const asking = await claimToFill(scope, populates);
    for (const volume of volumes) await pass.children.apply(PersistentVolumeClaim, primeClaim(volume.claim, asking));
  }
  if (scratch === undefined) return;
  for (const volume of volumes) {
    const size = scratch.size ?? scratchSize(volume.sizeBytes ?? 0);
    const { storageClassName } = scratch;
    const accessModes: Access = ['ReadWriteOnce'];
    await pass.children.apply(
      PersistentVolumeClaim,
      declared({
        name: volume.claim,
        size,
        accessModes,
        ...(storageClassName === undefined ? {} : { storageClassName }),
      }),
    );
  }
}

/** Deletes the claims that were made to be looked at. */
export async function removeScratchClaims(
  { pass, namespace }: RestoreScope,
  volumes: readonly StoredVolume[],
): Promise<void> {
  for (const { claim, scratchOf } of volumes) {
    if (scratchOf !== undefined) await pass.children.remove(PersistentVolumeClaim, { namespace, name: claim });
  }
}

/** As a quantity. @param bytes of all files */
export function scratchSize(bytes: number): string {
  const wanted = bytes * (1 + scratchSurplus / 100) + scratchFloor;
  return `${Math.ceil(wanted / mebibyte)}Mi`;
}

type WantedClaim = NonNullable<Restore['spec']['target']['claim']>;
type Access = WantedClaim['accessModes'];

function declared({ name, size, storageClassName, accessModes }: WantedClaim): Applied<PersistentVolumeClaim> {
  return {
    apiVersion: apiVersionOf(PersistentVolumeClaim),
    kind: PersistentVolumeClaim.kind,
    metadata: { name },
    spec: {
      accessModes,
      resources: { requests: { storage: size } },
      ...(storageClassName === undefined ? {} : { storageClassName }),
    },
  };
}
