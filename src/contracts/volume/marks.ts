/** What is written on volumes and claims while they change hands, so that whoever comes next knows how they were. */
import type { PersistentVolume, PersistentVolumeClaim } from '#runtime/client/kinds.ts';

/** Of a claim: the run that made it, `<namespace>/<name>`. Its class, modes and size are the run's, not its Container's. */
export const migratedBy = 'dokkerr.io/migrated-by';

/** Of a claim that was made smaller: the size it had. Whoever asks for no more than that asks for what was given up. */
export const sizeBefore = 'dokkerr.io/size-before';

/** Of a volume: its reclaim policy before it was made to outlive its claim. */
export const policyBefore = 'dokkerr.io/reclaim-policy';

/** Of a volume: the claim that was taken away from it, as it was. */
export const claimBefore = 'dokkerr.io/claim';

type ReclaimPolicy = NonNullable<PersistentVolume['spec']['persistentVolumeReclaimPolicy']>;

/** The policy it had before anybody of us changed it. Volumes made by hand have Retain where they say nothing. */
export function originalPolicy({ metadata, spec }: PersistentVolume): ReclaimPolicy {
  return metadata.annotations?.[policyBefore] ?? spec.persistentVolumeReclaimPolicy ?? 'Retain';
}

/** No deletion of a claim can take it along, and how it was is written down. */
export function isKept({ metadata, spec }: PersistentVolume): boolean {
  return spec.persistentVolumeReclaimPolicy === 'Retain' && metadata.annotations?.[policyBefore] !== undefined;
}

/** Made by that run. */
export function isMadeBy({ metadata }: PersistentVolumeClaim, migration: string): boolean {
  return metadata.annotations?.[migratedBy] === migration;
}
