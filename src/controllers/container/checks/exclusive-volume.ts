/** Whether a claim that is shared by the pods can be attached to one node at a time only. */
import { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import type { ContainerScope } from '../scope.ts';

/** True when an existing claim is mounted that an old and a new pod on different nodes could not hold both. */
export async function hasExclusiveVolume({ pass, container, namespace }: ContainerScope): Promise<boolean> {
  for (const { existingClaim } of container.spec.volumes) {
    if (existingClaim === undefined) continue;
    const key = { namespace, name: existingClaim.claimName };
    const claim = await pass.client.get(PersistentVolumeClaim, key, { signal: pass.signal });
    const modes = claim?.spec?.accessModes ?? [];
    if (!modes.includes('ReadWriteMany') && !modes.includes('ReadOnlyMany')) return true;
  }
  return false;
}
