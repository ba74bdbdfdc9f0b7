/**
 * Rule: a claim is to grow whose storage class does not let it. Refused rather than warned of, because a size once
 * accepted cannot be lowered again.
 */
import { claimVolumes, containerLabel, volumeLabel } from '#contracts/container/claims.ts';
import type { Container } from '#crds/container.ts';
import { PersistentVolumeClaim, StorageClass } from '#runtime/client/kinds.ts';
import { parseQuantity } from '#runtime/quantity.ts';
import { type Admission, type Finding, type Rule, refusal } from '../types.ts';

export const claimGrowth: Rule<Container> = {
  name: 'claim-growth',
  check: async (admission, { client, signal }) => {
    const sizes = changedSizes(admission);
    if (sizes.size === 0) return [];
    const { items } = await client.list(PersistentVolumeClaim, {
      namespace: admission.namespace,
      labelSelector: `${containerLabel}=${admission.object?.metadata.name ?? ''}`,
      signal,
    });
    const growing = items.filter((claim) => grows(claim, sizes));
    const names = [...new Set(growing.map(({ spec }) => spec.storageClassName ?? ''))];
    const classes = await Promise.all(
      names.map(async (name) => (name === '' ? undefined : client.get(StorageClass, { name }, { signal }))),
    );
    return cannotGrow(
      growing,
      classes.filter((found) => found !== undefined),
    );
  },
};

/** The size of each volume that is new or differs from the stored object's. */
export function changedSizes({ object, oldObject }: Admission<Container>): Map<string, string> {
  const before = new Map(oldObject === undefined ? [] : sizes(oldObject));
  const now = object === undefined ? [] : sizes(object);
  return new Map(now.filter(([volume, size]) => before.get(volume) !== size));
}

function sizes(container: Container): [string, string][] {
  return claimVolumes(container).map(({ name, claim }) => [name, claim.size]);
}

function grows({ metadata, spec }: PersistentVolumeClaim, asked: ReadonlyMap<string, string>): boolean {
  const size = parseQuantity(asked.get(metadata.labels?.[volumeLabel] ?? '') ?? '0') ?? 0n;
  return size > (parseQuantity(spec.resources?.requests?.storage ?? '0') ?? 0n);
}

/** One finding a volume. @param classes those the claims are of, as far as they exist */
export function cannotGrow(growing: readonly PersistentVolumeClaim[], classes: readonly StorageClass[]): Finding[] {
  const expandable = new Set(
    classes.filter(({ allowVolumeExpansion }) => allowVolumeExpansion === true).map(({ metadata }) => metadata.name),
  );
  const found = new Map<string, string>();
  for (const { metadata, spec } of growing) {
    const name = spec.storageClassName ?? '';
    const volume = metadata.labels?.[volumeLabel] ?? '';
    if (expandable.has(name) || found.has(volume)) continue;
    const of =
      name === '' ? 'has no StorageClass' : `is of StorageClass ${name}, which does not set allowVolumeExpansion`;
    found.set(
      volume,
      `spec.volumes[${volume}].claim.size: claim ${metadata.name} (${spec.resources?.requests?.storage ?? 'no size'}) cannot grow: it ${of}; keep the size, or add a new volume and copy the data`,
    );
  }
  return [...found.values()].map(refusal);
}
