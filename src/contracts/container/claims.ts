/** Whose a claim is, and what it is called: what the operator writes, and what admission reads of it. */
import type { Container, ContainerVolume } from '#crds/container.ts';

/** Which Container a child, pod or claim belongs to. */
export const containerLabel = 'dokkerr.io/container';

/** Which of the Container's volumes a claim holds. */
export const volumeLabel = 'dokkerr.io/volume';

export type ClaimVolume = ContainerVolume & { claim: NonNullable<ContainerVolume['claim']> };

/** The volumes that have a claim for each replica. */
export function claimVolumes(container: Container): ClaimVolume[] {
  return container.spec.volumes.filter((volume): volume is ClaimVolume => volume.claim !== undefined);
}

/** The claim of one replica's volume, as a StatefulSet names it: `<volume>-<container>-<ordinal>`. */
export function claimName(container: Container, volume: string, ordinal: number): string {
  return `${volume}-${container.metadata.name}-${ordinal}`;
}
