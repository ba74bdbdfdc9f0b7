/**
 * Rule: an `existingClaim` that cannot be shared as asked. Refused only where its mode, which cannot change, allows one pod
 * and more are asked for; that others use it now, or that it is not there yet, may be over in a moment.
 */
import { containerLabel } from '#contracts/container/claims.ts';
import type { Container } from '#crds/container.ts';
import { PersistentVolumeClaim, Pod } from '#runtime/client/kinds.ts';
import { type Admission, type Finding, type Rule, refusal, warning } from '../types.ts';

export const existingClaims: Rule<Container> = {
  name: 'existing-claims',
  check: async (admission, { client, signal }) => {
    const { object, namespace } = admission;
    const volumes = changedVolumes(admission);
    if (object === undefined || volumes.length === 0) return [];
    const found = await Promise.all(
      volumes.map(async ({ volume, claim }) => ({
        volume,
        name: claim,
        claim: await client.get(PersistentVolumeClaim, { namespace, name: claim }, { signal }),
      })),
    );
    const needsPods = found.some(({ claim }) => claim !== undefined && isExclusive(claim));
    const pods = needsPods ? (await client.list(Pod, { namespace, signal })).items : [];
    return found.flatMap((mounted) => judge(object, mounted, pods));
  },
};

interface Mounted {
  readonly volume: string;
  readonly name: string;
  readonly claim: PersistentVolumeClaim | undefined;
}

/** Volumes whose claim the stored object did not name, and all of them when the replicas grow. */
export function changedVolumes({ object, oldObject }: Admission<Container>): { volume: string; claim: string }[] {
  const named = (container: Container | undefined) =>
    (container?.spec.volumes ?? []).flatMap(({ name, existingClaim }) =>
      existingClaim === undefined ? [] : [{ volume: name, claim: existingClaim.claimName }],
    );
  if (pods(object) > pods(oldObject)) return named(object);
  const before = new Set(named(oldObject).map(({ claim }) => claim));
  return named(object).filter(({ claim }) => !before.has(claim));
}

/** What is to be said of one volume. @param namespacePods every pod of the namespace */
export function judge(container: Container, mounted: Mounted, namespacePods: readonly Pod[]): Finding[] {
  const { volume, name, claim } = mounted;
  const field = `spec.volumes[${volume}].existingClaim`;
  if (claim === undefined) return [warning(`${field}: claim ${name} does not exist yet; pods wait until it does`)];
  if (!isExclusive(claim)) return [];
  const modes = (claim.spec.accessModes ?? []).join(', ');
  if (modes === 'ReadWriteOncePod' && pods(container) > 1)
    return [
      refusal(`${field}: claim ${name} is ReadWriteOncePod; write replicas: 1, or use a claim of mode ReadWriteMany`),
    ];
  const user = namespacePods.find((pod) => uses(pod, name) && !belongsTo(pod, container));
  if (user !== undefined)
    return [warning(`${field}: claim ${name} (${modes}) is in use by pod ${user.metadata.name}; stop that first`)];
  if (pods(container) > 1)
    return [
      warning(
        `${field}: claim ${name} (${modes}) can be used on one node only, so all ${pods(container)} replicas must fit there`,
      ),
    ];
  return [];
}

function pods(container: Container | undefined): number {
  return container === undefined || container.spec.suspend ? 0 : container.spec.replicas;
}

/** One node or pod at a time. */
function isExclusive({ spec }: PersistentVolumeClaim): boolean {
  const modes = spec.accessModes ?? [];
  return !modes.includes('ReadWriteMany') && !modes.includes('ReadOnlyMany');
}

/** A pod that has ended, or is about to, holds nothing for long. */
function uses({ metadata, spec, status }: Pod, claim: string): boolean {
  const isOver =
    status?.phase === 'Succeeded' || status?.phase === 'Failed' || metadata.deletionTimestamp !== undefined;
  return (
    !isOver && (spec.volumes ?? []).some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim)
  );
}

function belongsTo({ metadata }: Pod, container: Container): boolean {
  return metadata.labels?.[containerLabel] === container.metadata.name;
}
