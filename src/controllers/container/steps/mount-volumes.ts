/** MountVolumes: makes and grows the claim of every volume and replica, and tells which are not usable yet. */

import { type ClaimVolume, claimName, claimVolumes, containerLabel } from '#contracts/container/claims.ts';
import { stoppedFor } from '#contracts/container/stop.ts';
import { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type Step, skip, wait } from '#runtime/itinerary/types.ts';
import { buildClaim, isOwnedClaim } from '../children/claim.ts';
import type { ContainerScope } from '../scope.ts';

/** Milliseconds between looks at a claim of somebody else in the place of ours: the watch sees our own only. */
const recheckClaim = 30_000;

export const mountVolumes: Step<ContainerScope> = {
  name: 'MountVolumes',
  run: async (scope) => {
    const volumes = claimVolumes(scope.container);
    if (volumes.length === 0) return skip('NoClaims');
    // The run may be exchanging the claims' volumes: a claim it has just deleted is not ours to make or to change.
    if (stoppedFor(scope.container) !== undefined) return skip('Stopped');
    for (const volume of volumes) {
      for (let ordinal = 0; ordinal < scope.replicas; ordinal++) {
        const foreign = await ensureClaim(scope, volume, ordinal);
        if (foreign !== undefined) return fail(foreign);
      }
      await followGrowth(scope, volume);
    }
    const lost = scope.live.claims.find(({ status }) => status?.phase === 'Lost');
    return lost === undefined ? done() : wait('VolumeLost', lostMessage(lost));
  },
};

/** Makes the claim as declared; the error says whose it is when it is not this Container's. */
async function ensureClaim(
  scope: ContainerScope,
  volume: ClaimVolume,
  ordinal: number,
): Promise<DokkerrError | undefined> {
  const { pass, container, namespace, live } = scope;
  const name = claimName(container, volume.name, ordinal);
  const cached = live.claims.find(({ metadata }) => metadata.name === name);
  const existing =
    cached ?? (await pass.client.get(PersistentVolumeClaim, { namespace, name }, { signal: pass.signal }));
  if (existing !== undefined && existing.metadata.labels?.[containerLabel] !== container.metadata.name) {
    return new DokkerrError(
      'DKR_NOT_OWNED',
      `spec.volumes[${volume.name}] needs a claim called ${name}, but one that is not this Container's exists; ` +
        `mount it by existingClaim, rename the volume, or hand it over by the labels app.kubernetes.io/managed-by=dokkerr and ${containerLabel}=${container.metadata.name}`,
      { reason: 'ClaimNotOwned', retryAfterMs: recheckClaim },
    );
  }
  await pass.children.apply(PersistentVolumeClaim, buildClaim(container, volume, ordinal, existing), {
    owned: isOwnedClaim(volume),
  });
  return undefined;
}

/** Claims of replicas no longer wanted keep their data; they grow too, so that scaling up finds them as declared. */
async function followGrowth(scope: ContainerScope, volume: ClaimVolume): Promise<void> {
  const { pass, container, live, replicas } = scope;
  for (const claim of live.claims) {
    const ordinal = ordinalOf(claim, volume, container.metadata.name);
    if (ordinal === undefined || ordinal < replicas || claim.metadata.deletionTimestamp !== undefined) continue;
    await pass.children.apply(PersistentVolumeClaim, buildClaim(container, volume, ordinal, claim), {
      owned: isOwnedClaim(volume),
    });
  }
}

function ordinalOf(claim: PersistentVolumeClaim, volume: ClaimVolume, container: string): number | undefined {
  const prefix = `${volume.name}-${container}-`;
  const ordinal = claim.metadata.name.startsWith(prefix) ? claim.metadata.name.slice(prefix.length) : '';
  return /^\d+$/.test(ordinal) ? Number(ordinal) : undefined;
}

function lostMessage({ metadata, spec }: PersistentVolumeClaim): string {
  return `claim ${metadata.name} lost its PersistentVolume ${spec?.volumeName ?? ''}; restore it from a backup, or delete the claim to start empty`;
}
