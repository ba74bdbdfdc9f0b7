/** HandOver: the volume that was filled is bound to the claim that names this Restore, which until then had none. */
import { PersistentVolume, PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type RunStep, skip, wait } from '#runtime/itinerary/types.ts';
import { claimToFill } from '../populate.ts';
import { type RestoreScope, resolvedOf } from '../scope.ts';

/** Milliseconds between looks whether the claim has its volume: the change is Kubernetes' own, and no watch of ours sees it. */
const recheckBound = 1_000;

export const handOver: RunStep<RestoreScope> = {
  name: 'HandOver',
  effect: true,
  run: async (scope, entry) => {
    const { pass, namespace } = scope;
    const { populates, volumes = [] } = resolvedOf(entry);
    const [volume] = volumes;
    if (populates === undefined || volume === undefined) return skip('no claim names this Restore');
    const claim = await claimToFill(scope, populates);
    const prime = await pass.client.get(PersistentVolumeClaim, { namespace, name: volume.claim });
    const name = prime?.spec?.volumeName;
    if (name === undefined)
      return fail(new DokkerrError('DKR_RUN_FAILED', `claim ${volume.claim} is gone, and its data`));
    if (claim.spec?.volumeName === name && claim.status?.phase === 'Bound') {
      return done(`volume ${name} is bound to ${populates.name}`);
    }
    await giveTo(pass, name, { namespace, ...populates });
    return wait('Binding', `volume ${name} is about to be bound to ${populates.name}`, recheckBound);
  },
};

/** The whole change is one write, so that a crash leaves the volume with the one claim or with the other. */
async function giveTo(
  { client }: RestoreScope['pass'],
  name: string,
  claim: { readonly namespace: string; readonly name: string; readonly uid: string },
): Promise<void> {
  const volume = await client.get(PersistentVolume, { name });
  if (volume === undefined || volume.spec?.claimRef?.uid === claim.uid) return;
  const { resourceVersion } = volume.metadata;
  await client.patch(
    PersistentVolume,
    { name },
    {
      metadata: resourceVersion === undefined ? {} : { resourceVersion },
      spec: { claimRef: { ...claim, apiVersion: 'v1', kind: PersistentVolumeClaim.kind, resourceVersion: null } },
    },
  );
}
