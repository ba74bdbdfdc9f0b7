/** The state of a Container's claims, as its status shows it. */

import { claimName, claimVolumes } from '#contracts/container/claims.ts';
import { stoppedFor } from '#contracts/container/stop.ts';
import type { ContainerVolumeStatus } from '#crds/container.ts';
import type { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { parseQuantity } from '#runtime/quantity.ts';
import type { ContainerScope } from './scope.ts';

/**
 * One entry a volume and replica; while suspended, only of claims that were made before. While it is stopped for a run, those
 * that were there before are listed also when they are not there for the moment.
 */
export function volumeStatuses({ container, replicas, live }: ContainerScope): ContainerVolumeStatus[] {
  const isStopped = stoppedFor(container) !== undefined;
  const known = new Set(isStopped ? container.status?.volumes?.map(({ claim }) => claim) : []);
  const ordinals = Array.from({ length: container.spec.replicas }, (_, ordinal) => ordinal);
  return claimVolumes(container).flatMap(({ name }) =>
    ordinals.flatMap((ordinal) => {
      const claim = claimName(container, name, ordinal);
      const made = live.claims.find(({ metadata }) => metadata.name === claim);
      return made === undefined && ordinal >= replicas && !known.has(claim) ? [] : [volumeStatus(name, claim, made)];
    }),
  );
}

function volumeStatus(name: string, claim: string, live: PersistentVolumeClaim | undefined): ContainerVolumeStatus {
  const capacity = live?.status?.capacity?.storage;
  return { name, claim, ...(capacity === undefined ? {} : { capacity }), phase: phaseOf(live, capacity) };
}

function phaseOf(
  live: PersistentVolumeClaim | undefined,
  capacity: string | undefined,
): ContainerVolumeStatus['phase'] {
  const phase = live?.status?.phase;
  if (live === undefined) return 'Missing';
  if (phase === 'Lost') return 'Lost';
  if (phase !== 'Bound') return 'Pending';
  const asked = parseQuantity(live.spec?.resources?.requests?.storage ?? '0') ?? 0n;
  return asked > (parseQuantity(capacity ?? '0') ?? 0n) ? 'Resizing' : 'Bound';
}
