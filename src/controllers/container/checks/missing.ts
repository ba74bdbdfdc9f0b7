/** Looks for everything a Container refers to. Secrets and ConfigMaps are read one by one by name, never listed. */

import { claimName, claimVolumes, containerLabel } from '#contracts/container/claims.ts';
import type { Violation } from '#contracts/container/requests.ts';
import { type ConfigMap, PersistentVolumeClaim, Pod, type Secret, StorageClass } from '#runtime/client/kinds.ts';
import type { KubernetesObject } from '#runtime/client/types.ts';
import type { ContainerScope } from '../scope.ts';
import { type Reference, references } from './references.ts';

/** The first thing that is missing or taken, in the order of the spec. */
export async function findMissing(scope: ContainerScope): Promise<Violation | undefined> {
  for (const reference of references(scope.container, madeVolumes(scope))) {
    const violation = await checkReference(scope, reference);
    if (violation !== undefined) return violation;
  }
  return undefined;
}

function madeVolumes({ container, replicas, live }: ContainerScope): ReadonlySet<string> {
  const claims = new Set(live.claims.map(({ metadata }) => metadata.name));
  const ordinals = Array.from({ length: replicas }, (_, ordinal) => ordinal);
  const made = claimVolumes(container).filter(
    ({ name }) => replicas > 0 && ordinals.every((ordinal) => claims.has(claimName(container, name, ordinal))),
  );
  return new Set(made.map(({ name }) => name));
}

async function checkReference(scope: ContainerScope, reference: Reference): Promise<Violation | undefined> {
  const { pass, namespace } = scope;
  const { kind, name, field, key } = reference;
  if (pass.cache.omits(kind)) return undefined;
  const object = await pass.client.get(kind, kind.namespaced ? { namespace, name } : { name }, { signal: pass.signal });
  if (object === undefined) return notFound(scope, reference);
  if (key !== undefined && !hasKey(object, key)) {
    return {
      reason: `${kind.kind}KeyMissing`,
      message: `${field} asks for key "${key}", which ${kind.kind} ${name} does not have; add it or set optional: true`,
    };
  }
  return kind === PersistentVolumeClaim ? checkFree(scope, object as PersistentVolumeClaim, field) : undefined;
}

function notFound({ pass, namespace }: ContainerScope, { kind, name, field }: Reference): Violation {
  const where = kind.namespaced ? ` in namespace ${namespace}` : '';
  const known =
    kind === StorageClass
      ? pass.cache
          .informer(StorageClass)
          .list()
          .map(({ metadata }) => metadata.name)
      : [];
  const advice =
    kind !== StorageClass
      ? 'create it, or change the spec'
      : known.length === 0
        ? 'the cluster has no StorageClass; install a storage driver'
        : `write one of ${known.sort().join(', ')}`;
  return {
    reason: `${kind.kind}NotFound`,
    message: `${field} names ${kind.kind} ${name}, which does not exist${where}; ${advice}`,
  };
}

/** Keys only; values never leave this function. */
function hasKey(object: KubernetesObject, key: string): boolean {
  const { data = {}, binaryData = {} } = object as ConfigMap & Secret & { binaryData?: Record<string, string> };
  return key in data || key in binaryData;
}

/** A claim that one node or pod may mount at a time must not be in use by pods of somebody else. */
async function checkFree(
  scope: ContainerScope,
  claim: PersistentVolumeClaim,
  field: string,
): Promise<Violation | undefined> {
  const { pass, namespace, container } = scope;
  const modes = claim.spec?.accessModes ?? [];
  if (modes.includes('ReadWriteMany') || modes.includes('ReadOnlyMany')) return undefined;
  const { items } = await pass.client.list(Pod, { namespace, signal: pass.signal });
  const user = items.find(
    (pod) =>
      pod.metadata.labels?.[containerLabel] !== container.metadata.name &&
      pod.status?.phase !== 'Succeeded' &&
      pod.status?.phase !== 'Failed' &&
      pod.spec?.volumes?.some((volume) => volume.persistentVolumeClaim?.claimName === claim.metadata.name),
  );
  if (user === undefined) return undefined;
  return {
    reason: 'ClaimInUse',
    message:
      `${field} names PersistentVolumeClaim ${claim.metadata.name} (${modes.join(', ')}), which pod ${user.metadata.name} uses; ` +
      'stop that pod, or use a claim of mode ReadWriteMany',
  };
}
