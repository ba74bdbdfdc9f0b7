/** What a Container's spec names besides itself; all of it has to exist before a pod can start. */

import { claimVolumes } from '#contracts/container/claims.ts';
import type { Container } from '#crds/container.ts';
import { ConfigMap, PersistentVolumeClaim, Secret, StorageClass } from '#runtime/client/kinds.ts';
import type { Kind } from '#runtime/client/types.ts';

export interface Reference {
  kind: Kind;
  name: string;
  /** where it is named, for the message */
  field: string;
  /** it exists, but must have this key too */
  key?: string;
}

/**
 * Every object named, optional ones left out, each name once.
 * @param made volumes all of whose claims are there: their class has done its part, and a migrated claim is of another
 */
export function references(container: Container, made: ReadonlySet<string> = new Set()): Reference[] {
  const { spec } = container;
  const found: Reference[] = [
    ...(spec.imagePullSecrets ?? []).map(({ name }) => ({ kind: Secret, name, field: 'spec.imagePullSecrets' })),
    ...(spec.env ?? []).flatMap(envReferences),
    ...(spec.envFrom ?? []).flatMap(({ configMapRef, secretRef }) => [
      ...required(ConfigMap, configMapRef, 'spec.envFrom'),
      ...required(Secret, secretRef, 'spec.envFrom'),
    ]),
    ...spec.volumes.flatMap((volume) => {
      const field = `spec.volumes[${volume.name}]`;
      return [
        ...required(ConfigMap, volume.configMap, `${field}.configMap`),
        ...required(
          Secret,
          volume.secret && { name: volume.secret.secretName, optional: volume.secret.optional },
          `${field}.secret`,
        ),
        ...required(
          PersistentVolumeClaim,
          volume.existingClaim && { name: volume.existingClaim.claimName },
          `${field}.existingClaim`,
        ),
      ];
    }),
    ...claimVolumes(container).flatMap(({ name, claim }) =>
      required(
        StorageClass,
        claim.storageClassName === undefined || made.has(name) ? undefined : { name: claim.storageClassName },
        `spec.volumes[${name}].claim.storageClassName`,
      ),
    ),
    ...required(Secret, spec.network.tls && { name: spec.network.tls.secretName }, 'spec.network.tls.secretName'),
  ];
  return unique(found);
}

function envReferences({ name, valueFrom }: NonNullable<Container['spec']['env']>[number]): Reference[] {
  const field = `spec.env[${name}]`;
  return [
    ...required(ConfigMap, valueFrom?.configMapKeyRef, field),
    ...required(Secret, valueFrom?.secretKeyRef, field),
  ];
}

interface Named {
  name: string;
  key?: string | undefined;
  optional?: boolean | undefined;
}

function required(kind: Kind, named: Named | undefined, field: string): Reference[] {
  if (named === undefined || named.optional === true) return [];
  return [{ kind, name: named.name, field, ...(named.key === undefined ? {} : { key: named.key }) }];
}

function unique(all: readonly Reference[]): Reference[] {
  const byIdentity = new Map(
    all.map((reference) => [`${reference.kind.kind}/${reference.name}/${reference.key ?? ''}`, reference]),
  );
  return [...byIdentity.values()];
}
