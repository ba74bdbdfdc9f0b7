/**
 * What becomes of volumes when a migration is over: the policy they had is given back, or they go. Each looks first and may
 * be entered again; none touches a volume that a claim has, unless it says so.
 *
 * Rights: persistentvolumes get, patch; persistentvolumeclaims get, delete.
 */
import { PersistentVolume, PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import type { Client } from '#runtime/client/types.ts';
import { keyOf } from '#runtime/client/types.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { claimBefore, isMadeBy, migratedBy, originalPolicy, policyBefore } from './marks.ts';
import { asSeen, holderOf } from './rebind.ts';
import type { ClaimKey } from './shape.ts';

/** The uid of no object: a volume that names it belongs to a claim that is gone, and is given to no other. */
const nobody = '00000000-0000-0000-0000-000000000000';

/** Written by the provisioner on volumes it made, and can delete. */
const provisionedBy = 'pv.kubernetes.io/provisioned-by';

/**
 * The volume of a claim has the reclaim policy again that it had before, and nothing of ours is left on it. A volume without
 * a claim is left as it is: with its policy it might be deleted.
 */
export async function giveBack(client: Client, name: string): Promise<'given' | 'unbound' | 'gone'> {
  const volume = await client.get(PersistentVolume, { name });
  if (volume === undefined) return 'gone';
  const holder = await holderOf(client, volume);
  const isBound = holder !== undefined && holder.metadata.uid === volume.spec.claimRef?.uid;
  if (!isBound || holder.metadata.deletionTimestamp !== undefined) return 'unbound';
  const { annotations = {} } = volume.metadata;
  if (![policyBefore, claimBefore, migratedBy].some((key) => key in annotations)) return 'given';
  await client.patch(PersistentVolume, volume.metadata, {
    metadata: { ...asSeen(volume), annotations: { [policyBefore]: null, [claimBefore]: null, [migratedBy]: null } },
    spec: { persistentVolumeReclaimPolicy: originalPolicy(volume) },
  });
  return 'given';
}

/** What `retire` found or did. `going`: Kubernetes deletes it. */
export type Retired = 'gone' | 'going' | 'kept' | 'inUse';

/**
 * A volume that no claim has any more goes, with its data, where its policy was Delete before; otherwise it stays, and no
 * claim is given it by chance.
 */
export async function retire(client: Client, name: string): Promise<Retired> {
  const volume = await client.get(PersistentVolume, { name });
  if (volume === undefined) return 'gone';
  if ((await holderOf(client, volume)) !== undefined) return 'inUse';
  return originalPolicy(volume) === 'Delete' ? letGo(client, volume) : setAside(client, volume);
}

/** A volume that no claim has any more stays, whatever its policy was, and no claim is given it by chance. */
export async function retain(client: Client, name: string): Promise<Retired> {
  const volume = await client.get(PersistentVolume, { name });
  if (volume === undefined) return 'gone';
  if ((await holderOf(client, volume)) !== undefined) return 'inUse';
  return setAside(client, volume);
}

/**
 * The claim that a run made to fill a volume goes, and the volume with it. Of a claim that went before, its volume by name.
 * @throws DKR_NOT_OWNED when the claim is not of that run
 */
export async function discardStaging(
  client: Client,
  { claim: key, volume: name, migration }: { claim: ClaimKey; volume?: string | undefined; migration: string },
): Promise<'gone' | 'going' | 'inUse'> {
  const claim = await client.get(PersistentVolumeClaim, key);
  if (claim === undefined) return name === undefined ? 'gone' : discard(client, name);
  if (!isMadeBy(claim, migration)) {
    throw new DokkerrError('DKR_NOT_OWNED', `claim ${keyOf(claim)} is not of this migration and is left alone`);
  }
  const { volumeName } = claim.spec;
  const volume = volumeName === undefined ? undefined : await client.get(PersistentVolume, { name: volumeName });
  // The policy first: once the claim is gone, nothing else leads to its volume.
  if (volume !== undefined && volume.spec.claimRef?.uid === claim.metadata.uid) await makeDeletable(client, volume);
  const { uid, deletionTimestamp } = claim.metadata;
  if (deletionTimestamp === undefined) {
    await client.delete(PersistentVolumeClaim, key, uid === undefined ? {} : { uid });
  }
  return 'going';
}

/** A volume made for a run, without a claim: it goes, whatever its class says of volumes that people asked for. */
async function discard(client: Client, name: string): Promise<'gone' | 'going' | 'inUse'> {
  const volume = await client.get(PersistentVolume, { name });
  if (volume === undefined) return 'gone';
  if ((await holderOf(client, volume)) !== undefined) return 'inUse';
  return letGo(client, volume);
}

async function makeDeletable(client: Client, volume: PersistentVolume): Promise<void> {
  const isMadeForIt = volume.metadata.annotations?.[provisionedBy] !== undefined;
  if (!isMadeForIt || volume.spec.persistentVolumeReclaimPolicy === 'Delete') return;
  const spec = { persistentVolumeReclaimPolicy: 'Delete' };
  await client.patch(PersistentVolume, volume.metadata, { metadata: asSeen(volume), spec });
}

async function letGo(client: Client, volume: PersistentVolume): Promise<'going'> {
  await settle(client, volume, 'Delete');
  return 'going';
}

async function setAside(client: Client, volume: PersistentVolume): Promise<'kept'> {
  await settle(client, volume, 'Retain');
  return 'kept';
}

/** In one write, which fails when a claim was bound to it meanwhile: the policy, and that its claim is gone. */
async function settle(client: Client, volume: PersistentVolume, policy: 'Delete' | 'Retain'): Promise<void> {
  const { persistentVolumeReclaimPolicy, claimRef } = volume.spec;
  const isReserved = claimRef !== undefined && claimRef.uid === undefined;
  if (persistentVolumeReclaimPolicy === policy && !isReserved) return;
  const spec = { persistentVolumeReclaimPolicy: policy, ...(isReserved ? { claimRef: { uid: nobody } } : {}) };
  await client.patch(PersistentVolume, volume.metadata, { metadata: asSeen(volume), spec });
}
