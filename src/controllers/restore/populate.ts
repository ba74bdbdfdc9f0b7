/**
 * A Restore as a volume populator: the claim that names it as its data source, and the volume it is given. As Kubernetes
 * has it (https://kubernetes.io/docs/concepts/storage/persistent-volumes/#volume-populators-and-data-sources): the data goes
 * into a claim of the populator's own, whose volume is then bound to the claim that waits.
 */
import { type ResolvedRestore, Restore } from '#crds/restore.ts';
import { PersistentVolumeClaim, StorageClass } from '#runtime/client/kinds.ts';
import { type Applied, apiVersionOf } from '#runtime/client/types.ts';
import { DokkerrError } from '#runtime/errors.ts';
import type { RestoreScope } from './scope.ts';

/** Where the scheduler says on which node the first pod of a claim will run. */
const selectedNode = 'volume.kubernetes.io/selected-node';

/** Milliseconds between looks at claims, which no watch of ours sees before they are somebody's. */
export const recheckClaims = 2_000;

/** The claim that names this Restore and has no volume yet; undefined while there is none, or while it waits for a pod. */
export async function waitingClaim({
  restore,
  pass,
  namespace,
}: RestoreScope): Promise<PersistentVolumeClaim | undefined> {
  const { items } = await pass.client.list(PersistentVolumeClaim, { namespace });
  const asking = items.filter((claim) => isNamedBy(claim, restore) && claim.metadata.deletionTimestamp === undefined);
  const [claim, other] = asking.filter(({ spec }) => spec?.volumeName === undefined);
  if (claim !== undefined && other !== undefined) {
    const names = [claim, other].map(({ metadata }) => metadata.name).join(' and ');
    throw new DokkerrError('DKR_SPEC_INVALID', `${names} both name this Restore, which fills one: make one for each`);
  }
  return claim !== undefined && (await mayBeMade(pass, claim)) ? claim : undefined;
}

function isNamedBy({ spec }: PersistentVolumeClaim, { metadata }: Restore): boolean {
  const source = spec?.dataSourceRef;
  return source?.apiGroup === Restore.group && source.kind === Restore.kind && source.name === metadata.name;
}

/** Where a class binds at a claim's first pod, the volume has to be where that pod will be. */
async function mayBeMade(
  { client }: RestoreScope['pass'],
  { metadata, spec }: PersistentVolumeClaim,
): Promise<boolean> {
  if (metadata.annotations?.[selectedNode] !== undefined || spec?.storageClassName === undefined) return true;
  const storageClass = await client.get(StorageClass, { name: spec.storageClassName });
  return storageClass?.volumeBindingMode !== 'WaitForFirstConsumer';
}

/** The claim that was settled to get the volume, as it is now. @throws DKR_RUN_FAILED when it was deleted meanwhile */
export async function claimToFill(
  { pass, namespace }: RestoreScope,
  { name, uid }: NonNullable<ResolvedRestore['populates']>,
): Promise<PersistentVolumeClaim> {
  const claim = await pass.client.get(PersistentVolumeClaim, { namespace, name });
  if (claim?.metadata.uid === uid) return claim;
  throw new DokkerrError('DKR_RUN_FAILED', `claim ${name} was deleted before it had its volume`);
}

/** The claim the data goes into first: like the one that waits, but for its name and its source. */
export function primeClaim(name: string, { metadata, spec }: PersistentVolumeClaim): Applied<PersistentVolumeClaim> {
  const node = metadata.annotations?.[selectedNode];
  const { accessModes, resources, storageClassName, volumeMode } = spec ?? {};
  return {
    apiVersion: apiVersionOf(PersistentVolumeClaim),
    kind: PersistentVolumeClaim.kind,
    metadata: { name, ...(node === undefined ? {} : { annotations: { [selectedNode]: node } }) },
    spec: {
      ...(accessModes === undefined ? {} : { accessModes }),
      ...(resources === undefined ? {} : { resources }),
      ...(storageClassName === undefined ? {} : { storageClassName }),
      ...(volumeMode === undefined ? {} : { volumeMode }),
    },
  };
}
