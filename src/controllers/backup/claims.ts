/** Which claims a backup is of, and how each can be read. */
import { containerLabel } from '#contracts/container/claims.ts';
import { selectorText } from '#contracts/pod/selector.ts';
import { claimsOf } from '#contracts/pod/users.ts';
import type { ResolvedBackup } from '#crds/backup.ts';
import { PersistentVolumeClaim, Pod, StorageClass, VolumeSnapshotClass } from '#runtime/client/kinds.ts';
import { DokkerrError } from '#runtime/errors.ts';
import type { BackupScope } from './scope.ts';

type ResolvedClaim = NonNullable<ResolvedBackup['claims']>[number];
type CopyMethod = NonNullable<ResolvedBackup['copyMethod']>;

/** The claims the spec means, every one bound. @throws DKR_DEPENDENCY_MISSING, DKR_SPEC_INVALID */
export async function findClaims(scope: BackupScope): Promise<PersistentVolumeClaim[]> {
  const claims = await meantClaims(scope);
  const unbound = claims.find(({ status }) => status?.phase !== 'Bound');
  if (unbound !== undefined) {
    throw new DokkerrError(
      'DKR_DEPENDENCY_MISSING',
      `claim ${unbound.metadata.name} is not bound yet, so there is nothing to back up`,
      {
        reason: 'ClaimNotBound',
      },
    );
  }
  return claims.toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name, 'en'));
}

async function meantClaims({ backup, pass, namespace }: BackupScope): Promise<PersistentVolumeClaim[]> {
  const { containerRef, source } = backup.spec;
  const { client } = pass;
  if (containerRef !== undefined) {
    const { name } = containerRef;
    const { items } = await client.list(PersistentVolumeClaim, {
      namespace,
      labelSelector: `${containerLabel}=${name}`,
    });
    return items.length > 0 ? items : nothingToBackUp(`Container ${name} has no claims`);
  }
  if (source?.claims !== undefined) {
    return Promise.all(source.claims.map(({ name }) => getClaim(scopeOf(pass, namespace), name)));
  }
  const { items } = await client.list(PersistentVolumeClaim, {
    namespace,
    labelSelector: selectorText(source?.selector ?? {}),
  });
  return items.length > 0 ? items : nothingToBackUp('no claim has the labels of spec.source.selector');
}

const scopeOf = (pass: BackupScope['pass'], namespace: string) => ({ pass, namespace });

async function getClaim({ pass, namespace }: Pick<BackupScope, 'pass' | 'namespace'>, name: string) {
  const claim = await pass.client.get(PersistentVolumeClaim, { namespace, name });
  if (claim === undefined) {
    throw new DokkerrError(
      'DKR_DEPENDENCY_MISSING',
      `claim ${name} does not exist in namespace ${namespace}; correct spec.source.claims, or create it`,
    );
  }
  return claim;
}

function nothingToBackUp(what: string): never {
  throw new DokkerrError('DKR_SPEC_INVALID', `${what}: there is nothing to back up`);
}

/** How the claims are read: as the spec says, else from snapshots if the storage of every one of them can make them. */
export async function planCopies(
  scope: BackupScope,
  claims: readonly PersistentVolumeClaim[],
): Promise<{ copyMethod: CopyMethod; claims: ResolvedClaim[] }> {
  const wanted = scope.backup.spec.copyMethod;
  if (wanted === 'Clone')
    return { copyMethod: 'Clone', claims: claims.map(({ metadata }) => ({ name: metadata.name })) };
  const snapshotted = wanted === 'Direct' ? undefined : withSnapshotClasses(scope, claims);
  if (snapshotted !== undefined) return { copyMethod: 'Snapshot', claims: snapshotted };
  if (wanted === 'Snapshot') {
    throw new DokkerrError(
      'DKR_DEPENDENCY_MISSING',
      'copyMethod is Snapshot, but no VolumeSnapshotClass has the driver of every claim; install one, or write copyMethod: Direct',
      { reason: 'NoSnapshotClass' },
    );
  }
  return { copyMethod: 'Direct', claims: await withNodes(scope, claims) };
}

/** Undefined when a claim's driver has no class. */
function withSnapshotClasses(
  scope: BackupScope,
  claims: readonly PersistentVolumeClaim[],
): ResolvedClaim[] | undefined {
  const { cache, children } = scope.pass;
  if (!children.serves(VolumeSnapshotClass)) return undefined;
  const classes = cache.informer(VolumeSnapshotClass).list();
  const storage = cache.informer(StorageClass);
  const found = claims.flatMap(({ metadata, spec }) => {
    const driver = spec?.storageClassName === undefined ? undefined : storage.get(spec.storageClassName)?.provisioner;
    const fitting = classes.filter((candidate) => candidate.driver === driver);
    const named = scope.backup.spec.volumeSnapshotClassName;
    const chosen =
      named === undefined
        ? (fitting.find(isDefault) ?? fitting[0])
        : fitting.find((one) => one.metadata.name === named);
    return chosen === undefined ? [] : [{ name: metadata.name, snapshotClass: chosen.metadata.name }];
  });
  return found.length === claims.length ? found : undefined;
}

function isDefault({ metadata }: VolumeSnapshotClass): boolean {
  return metadata.annotations?.['snapshot.storage.kubernetes.io/is-default-class'] === 'true';
}

/** A volume that one node mounts can be read only there, while a pod of the workload has it. */
async function withNodes(
  { pass, namespace }: BackupScope,
  claims: readonly PersistentVolumeClaim[],
): Promise<ResolvedClaim[]> {
  const { items } = await pass.client.list(Pod, { namespace });
  return claims.map(({ metadata: { name }, spec }) => {
    const isShared = spec?.accessModes?.includes('ReadWriteMany') === true;
    const user = items.find((pod) => pod.spec?.nodeName !== undefined && isLive(pod) && claimsOf(pod).includes(name));
    const node = isShared ? undefined : user?.spec?.nodeName;
    return { name, ...(node === undefined ? {} : { node }) };
  });
}

function isLive({ status }: Pod): boolean {
  return status?.phase === 'Running' || status?.phase === 'Pending';
}
