/** Which claims a Container asks for by name, and which of them a change asks for anew. */
import { type ClaimVolume, claimName, claimVolumes } from '#contracts/container/claims.ts';
import type { Container } from '#crds/container.ts';
import type { Admission } from '../types.ts';

export interface WantedClaim {
  readonly name: string;
  readonly volume: ClaimVolume;
}

/** A claim for each volume that has one, and for each replica; none while suspended. */
export function wantedClaims(container: Container | undefined): WantedClaim[] {
  if (container === undefined || container.spec.suspend) return [];
  return claimVolumes(container).flatMap((volume) =>
    Array.from({ length: container.spec.replicas }, (_, ordinal) => ({
      name: claimName(container, volume.name, ordinal),
      volume,
    })),
  );
}

/** Those the stored object did not ask for: what was admitted once is not held against a later change. */
export function newlyWanted({ object, oldObject }: Admission<Container>): WantedClaim[] {
  const before = new Set(wantedClaims(oldObject).map(({ name }) => name));
  return wantedClaims(object).filter(({ name }) => !before.has(name));
}
