/**
 * Gives a claim's name another volume: looks, makes the one move that `decide.ts` says, and looks again. Every write carries
 * what was seen (resourceVersion, uid), so that it fails rather than hit something else; it may be left at any point and
 * entered again by whoever comes next.
 *
 * Rights: persistentvolumes get, patch; persistentvolumeclaims get, create, patch, delete; containers and statefulsets get.
 */
import { Container } from '#crds/container.ts';
import { PersistentVolume, PersistentVolumeClaim, StatefulSet } from '#runtime/client/kinds.ts';
import { apiVersionOf, type Client, type Kind, type ObjectKey, type OwnerReference } from '#runtime/client/types.ts';
import { type Move, nextMove, type RebindFacts, type Rebinding } from './decide.ts';
import { claimBefore, migratedBy, originalPolicy, policyBefore } from './marks.ts';
import { type ClaimShape, recordOf } from './shape.ts';

export type Rebound = { readonly done: true } | { readonly done: false; readonly waitsFor: string };

/** Moves of one call: more than any re-binding takes, few enough that two who disagree do not go on for ever. */
const movesAtOnce = 12;

/**
 * Done once the claim is bound to the volume; otherwise it waits for somebody else, and is to be called again.
 * @throws DKR_NOT_OWNED, DKR_RUN_FAILED (the volume is gone), DKR_API_CONFLICT when somebody wrote meanwhile
 */
export async function rebind(client: Client, wanted: Rebinding): Promise<Rebound> {
  for (let moves = 0; moves < movesAtOnce; moves++) {
    const move = nextMove(await readFacts(client, wanted), wanted);
    if (move.do === 'done') return { done: true };
    if (move.do === 'wait') return { done: false, waitsFor: move.for };
    if (move.do === 'refuse') throw move.error;
    await act(client, move, wanted);
  }
  return { done: false, waitsFor: `claim ${wanted.claim.name} to be left alone by others` };
}

async function readFacts(client: Client, { claim: key, volume: name }: Rebinding): Promise<RebindFacts> {
  const [volume, claim] = await Promise.all([
    client.get(PersistentVolume, { name }),
    client.get(PersistentVolumeClaim, key),
  ]);
  const other = claim?.spec.volumeName;
  const [replaced, holder] = await Promise.all([
    other === undefined || other === name ? undefined : client.get(PersistentVolume, { name: other }),
    volume && holderOf(client, volume),
  ]);
  const isOther = holder?.metadata.name !== key.name || holder.metadata.namespace !== key.namespace;
  return { volume, claim, replaced, holder: isOther ? holder : undefined };
}

/** The claim that has the volume, or is about to be bound to it. */
export async function holderOf(
  client: Client,
  { metadata, spec: { claimRef } }: PersistentVolume,
): Promise<PersistentVolumeClaim | undefined> {
  const { namespace, name } = claimRef ?? {};
  if (namespace === undefined || name === undefined) return undefined;
  const claim = await client.get(PersistentVolumeClaim, { namespace, name });
  return claim?.spec.volumeName === metadata.name ? claim : undefined;
}

type Write = Exclude<Move, { readonly do: 'wait' | 'refuse' | 'done' }>;

async function act(client: Client, move: Write, wanted: Rebinding): Promise<void> {
  switch (move.do) {
    case 'keep':
      await keep(client, move.volume, wanted.migration, move.claim);
      break;
    case 'deleteClaim': {
      const { uid } = move.claim.metadata;
      await client.delete(PersistentVolumeClaim, move.claim.metadata, uid === undefined ? {} : { uid });
      break;
    }
    case 'reserve':
      await reserve(client, move, wanted);
      break;
    case 'createClaim':
      await client.create(PersistentVolumeClaim, await declare(client, move.shape, wanted));
      break;
    case 'adopt':
      await adopt(client, move.claim, wanted);
      break;
  }
}

/** Makes a volume outlive its claim, and writes on it what it takes to undo that. */
export async function keep(
  client: Client,
  volume: PersistentVolume,
  migration: string,
  claim?: PersistentVolumeClaim,
): Promise<void> {
  const annotations = {
    [policyBefore]: originalPolicy(volume),
    [migratedBy]: migration,
    ...(claim === undefined ? {} : { [claimBefore]: recordOf(claim) }),
  };
  const metadata = { ...asSeen(volume), annotations };
  await client.patch(PersistentVolume, volume.metadata, {
    metadata,
    spec: { persistentVolumeReclaimPolicy: 'Retain' },
  });
}

async function reserve(
  client: Client,
  { volume, uid = null }: { volume: PersistentVolume; uid?: string | null },
  { claim }: Rebinding,
): Promise<void> {
  const claimRef = { apiVersion: 'v1', kind: PersistentVolumeClaim.kind, ...claim, uid, resourceVersion: null };
  await client.patch(PersistentVolume, volume.metadata, { metadata: asSeen(volume), spec: { claimRef } });
}

async function declare(client: Client, shape: ClaimShape, { claim, volume }: Rebinding) {
  const { labels, annotations, ownerReferences, spec } = shape;
  return {
    apiVersion: apiVersionOf(PersistentVolumeClaim),
    kind: PersistentVolumeClaim.kind,
    metadata: {
      ...claim,
      labels: { ...labels },
      annotations: { ...annotations },
      ownerReferences: await living(client, claim.namespace, ownerReferences),
    },
    spec: { ...spec, volumeName: volume },
  };
}

/** A claim made for an owner that is gone would be collected at once, and made again, without end. */
async function living(client: Client, namespace: string, owners: readonly OwnerReference[]): Promise<OwnerReference[]> {
  const lives = async ({ kind, apiVersion, name, uid }: OwnerReference) => {
    const known = ([Container, StatefulSet] as readonly Kind[]).find(
      (one) => one.kind === kind && apiVersionOf(one) === apiVersion,
    );
    return known === undefined || (await uidOf(client, known, { namespace, name })) === uid;
  };
  const alive = await Promise.all(owners.map(lives));
  return owners.filter((_, index) => alive[index]);
}

async function uidOf(client: Client, kind: Kind, key: ObjectKey): Promise<string | undefined> {
  return (await client.get(kind, key))?.metadata.uid;
}

/** A claim without a volume can be given one, once (the API server lets nothing else of its spec change). */
async function adopt(client: Client, claim: PersistentVolumeClaim, { volume, shape }: Rebinding): Promise<void> {
  const { labels = {}, annotations = {} } = shape ?? {};
  await client.patch(PersistentVolumeClaim, claim.metadata, {
    metadata: { ...asSeen(claim), labels, annotations },
    spec: { volumeName: volume },
  });
}

/** Of a patch: it fails when the object changed since it was read. */
export function asSeen({ metadata: { resourceVersion } }: { metadata: { resourceVersion?: string } }) {
  return resourceVersion === undefined ? {} : { resourceVersion };
}
