/** What is typed after `backup create`, as the spec of a Backup. Pure. */
import type { BackupSpec } from '#crds/backup.ts';
import { misuse } from '../command.ts';

export interface BackupOptions {
  readonly container?: string;
  readonly claim?: readonly string[];
  readonly store?: string;
  readonly copyMethod?: NonNullable<BackupSpec['copyMethod']>;
  readonly verify?: BackupSpec['verify']['mode'];
  readonly onUnreadableFiles?: BackupSpec['onUnreadableFiles'];
  readonly onEmptySource?: BackupSpec['onEmptySource'];
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly ttl?: string;
  readonly pin?: boolean;
  readonly deleteData?: boolean;
}

/** Without what the API server fills in. @throws DKR_CONFIG_INVALID for no source, or two */
export function backupSpec(options: BackupOptions): Partial<BackupSpec> {
  const { container, claim, store, copyMethod, verify, include, exclude, ttl, pin, deleteData } = options;
  const { onUnreadableFiles, onEmptySource } = options;
  if (container !== undefined && claim !== undefined) {
    throw misuse('--container and --claim are two sources: a backup has one, so make two backups, or keep one of them');
  }
  return {
    ...sourceOf(container, claim),
    ...(store === undefined ? {} : { storeRef: { name: store } }),
    ...(copyMethod === undefined ? {} : { copyMethod }),
    // Sound: what a mode leaves out the API server fills in.
    ...(verify === undefined ? {} : { verify: { mode: verify } as BackupSpec['verify'] }),
    ...(onUnreadableFiles === undefined ? {} : { onUnreadableFiles }),
    ...(onEmptySource === undefined ? {} : { onEmptySource }),
    ...(include === undefined ? {} : { include: [...include] }),
    ...(exclude === undefined ? {} : { exclude: [...exclude] }),
    ...(ttl === undefined ? {} : { ttl }),
    ...(pin === true ? { pin } : {}),
    ...(deleteData === true ? { deletionPolicy: 'Delete' } : {}),
  };
}

function sourceOf(container: string | undefined, claims: readonly string[] | undefined): Partial<BackupSpec> {
  if (container !== undefined) return { containerRef: { name: container } };
  if (claims !== undefined && claims.length > 0) return { source: { claims: claims.map((name) => ({ name })) } };
  throw misuse('nothing says what to back up: write --container NAME, or --claim NAME for each PersistentVolumeClaim');
}
