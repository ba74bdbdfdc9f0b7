/** A BackupStore as movers and probes are told of it. Pure. */
import type { MoverRepository } from '#contracts/mover/request.ts';
import type { BackupStore } from '#crds/backup-store.ts';
import { findCondition } from '#runtime/controller/conditions.ts';

/** Where its repository is; once it was created, also which one it has to be. */
export function repositoryOf({
  spec,
  status,
}: BackupStore): Partial<MoverRepository> &
  Pick<MoverRepository, 'endpoint' | 'bucket' | 'prefix' | 'forcePathStyle' | 'insecure' | 'readOnly'> {
  const { endpoint, region, bucket, prefix, forcePathStyle } = spec.s3;
  const { repositoryID: id, configETag } = status ?? {};
  return {
    endpoint,
    bucket,
    prefix,
    forcePathStyle,
    insecure: false,
    readOnly: spec.accessMode === 'ReadOnly',
    ...(region === undefined ? {} : { region }),
    ...(id === undefined ? {} : { id }),
    ...(id === undefined || configETag === undefined ? {} : { configETag }),
  };
}

/** Secret with the password of its repository. */
export function keySecretOf({ metadata, spec }: BackupStore): string {
  return spec.encryption.passwordSecretRef?.name ?? `${metadata.name}-key`;
}

/** Whether runs may begin. */
export function isReady({ metadata, status }: BackupStore): boolean {
  const ready = findCondition(status?.conditions, 'Ready');
  return metadata.deletionTimestamp === undefined && ready?.status === 'True' && status?.repositoryID !== undefined;
}

/** Why runs have to wait, in a sentence. */
export function whyNotReady({ metadata, status }: BackupStore): string {
  const ready = findCondition(status?.conditions, 'Ready');
  return `BackupStore ${metadata.name} is not ready${ready === undefined ? '' : `: ${ready.message}`}`;
}
