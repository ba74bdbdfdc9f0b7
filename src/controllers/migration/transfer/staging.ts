/** The claims under which new volumes are filled: in the namespace of the old ones, gone once the volumes are handed on. */
import { migratedBy } from '#contracts/volume/marks.ts';
import type { MigratedVolume, ResolvedMigration } from '#crds/migration.ts';
import { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { apiVersionOf } from '#runtime/client/types.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { type MigrationScope, runName } from '../scope.ts';

/** Makes what is not there yet. */
export async function ensureStaging(scope: MigrationScope, volumes: readonly MigratedVolume[]): Promise<void> {
  for (const { staging, storageClassName, accessModes, storage } of volumes) {
    await scope.pass.children.apply(PersistentVolumeClaim, {
      apiVersion: apiVersionOf(PersistentVolumeClaim),
      kind: PersistentVolumeClaim.kind,
      metadata: { name: staging, annotations: { [migratedBy]: runName(scope) } },
      spec: { storageClassName, accessModes, resources: { requests: { storage } } },
    });
  }
}

/** Which volume each was given. @throws DKR_RUN_FAILED when one is gone */
export async function stagedVolumes(
  { pass, namespace }: MigrationScope,
  volumes: readonly MigratedVolume[],
): Promise<NonNullable<ResolvedMigration['staged']>> {
  return Promise.all(
    volumes.map(async ({ staging }) => {
      const claim = await pass.client.get(PersistentVolumeClaim, { namespace, name: staging });
      const volume = claim?.spec.volumeName;
      if (volume !== undefined) return { staging, volume };
      throw new DokkerrError('DKR_RUN_FAILED', `claim ${staging}, which was just filled, is gone or has no volume`);
    }),
  );
}
