/**
 * Rule: a claim that the Container would make exists already and is somebody else's, or is of another class or mode than
 * asked for. Neither can change on a claim, so only a person can help. A claim that was migrated is of another class on
 * purpose, and is kept as it is.
 */
import { containerLabel } from '#contracts/container/claims.ts';
import { migratedBy } from '#contracts/volume/marks.ts';
import type { Container } from '#crds/container.ts';
import { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { type Finding, type Rule, refusal } from '../types.ts';
import { newlyWanted, type WantedClaim } from './claims-wanted.ts';

export const claimNames: Rule<Container> = {
  name: 'claim-names',
  check: async (admission, { client, signal }) => {
    const wanted = newlyWanted(admission);
    if (wanted.length === 0 || admission.object === undefined) return [];
    const { items } = await client.list(PersistentVolumeClaim, { namespace: admission.namespace, signal });
    return clashes(admission.object.metadata.name, wanted, items);
  },
};

/** At most one finding a volume: the first of its claims that clashes. */
export function clashes(
  container: string,
  wanted: readonly WantedClaim[],
  claims: readonly PersistentVolumeClaim[],
): Finding[] {
  const byName = new Map(claims.map((claim) => [claim.metadata.name, claim]));
  const found = new Map<string, string>();
  for (const { name, volume } of wanted) {
    const live = byName.get(name);
    if (live === undefined || found.has(volume.name)) continue;
    const message = clash(container, { name, volume }, live);
    if (message !== undefined) found.set(volume.name, `spec.volumes[${volume.name}]: ${message}`);
  }
  return [...found.values()].map(refusal);
}

function clash(container: string, { name, volume }: WantedClaim, live: PersistentVolumeClaim): string | undefined {
  const owner = live.metadata.labels?.[containerLabel];
  if (owner !== container) {
    const whose = owner === undefined ? 'is not a Container’s' : `belongs to Container ${owner}`;
    return `claim ${name} exists and ${whose}; mount it by existingClaim, or rename the volume`;
  }
  if (live.metadata.annotations?.[migratedBy] !== undefined) return undefined;
  const { storageClassName, accessModes } = volume.claim;
  const liveClass = live.spec.storageClassName;
  if (storageClassName !== undefined && liveClass !== undefined && storageClassName !== liveClass)
    return `claim ${name} was kept and is of class ${liveClass}; write storageClassName: ${liveClass}, or delete the claim and its data`;
  const liveModes = (live.spec.accessModes ?? []).toSorted().join(', ');
  if (liveModes !== accessModes.toSorted().join(', '))
    return `claim ${name} was kept and has accessModes [${liveModes}]; write these, or delete the claim and its data`;
  return undefined;
}
