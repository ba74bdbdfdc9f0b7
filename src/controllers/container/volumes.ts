/** The state of a Container's claims, as its status shows it. */

import { claimName, claimVolumes } from '#contracts/container/claims.ts';
import type { ContainerVolumeStatus } from '#crds/container.ts';
import type { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { parseQuantity } from '#runtime/quantity.ts';
import type { ContainerScope } from './scope.ts';

/** One entry a volume and wanted replica. */
export function volumeStatuses({ container, live }: ContainerScope): ContainerVolumeStatus[] {
  const ordinals = Array.from({ length: container.spec.replicas }, (_, ordinal) => ordinal);
  return claimVolumes(container).flatMap(({ name }) =>
    ordinals.map((ordinal) => {
      const claim = claimName(container, name, ordinal);
      return volumeStatus(
        name,
        claim,
        live.claims.find(({ metadata }) => metadata.name === claim),
      );
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
