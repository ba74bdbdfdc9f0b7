/** Runs as the operator reports them, for tests. */
import type { Backup } from '#crds/backup.ts';
import type { Migration } from '#crds/migration.ts';
import type { Restore } from '#crds/restore.ts';

type BackupStatus = NonNullable<Backup['status']>;
type RestoreStatus = NonNullable<Restore['status']>;

export function backupOf(status: BackupStatus): Backup {
  // Sound: of the spec, what these tests read.
  const spec = { containerRef: { name: 'notes' }, pin: false, deletionPolicy: 'Retain' } as Backup['spec'];
  return {
    apiVersion: 'dokkerr.io/v1alpha1',
    kind: 'Backup',
    metadata: { name: 'notes-first', namespace: 'shop' },
    spec,
    status,
  };
}

export function restoreOf(status: RestoreStatus): Restore {
  const spec = { source: { backupRef: { name: 'notes-first' } } } as Restore['spec'];
  return {
    apiVersion: 'dokkerr.io/v1alpha1',
    kind: 'Restore',
    metadata: { name: 'notes-back', namespace: 'shop' },
    spec,
    status,
  };
}

export function migrationOf(
  status: NonNullable<Migration['status']>,
  switchOver: Partial<Migration['spec']['switchOver']> = {},
): Migration {
  const spec = {
    source: { containerRef: { name: 'notes' } },
    dryRun: false,
    switchOver: { requireApproval: false, approved: false, ...switchOver },
  } as Migration['spec'];
  return {
    apiVersion: 'dokkerr.io/v1alpha1',
    kind: 'Migration',
    metadata: { name: 'notes-moved', namespace: 'shop' },
    spec,
    status,
  };
}

/** Half way through its transfer. */
export const underWay = backupOf({
  phase: 'InProgress',
  steps: [
    { name: 'Initiate', state: 'Succeeded', startedAt: '2026-11-23T01:00:00Z', completedAt: '2026-11-23T01:00:02Z' },
    { name: 'Store', state: 'Running', startedAt: '2026-11-23T01:00:02Z', message: '0 of 1 claim stored' },
    { name: 'Verify', state: 'Pending' },
    { name: 'Undo', itinerary: 'Rollback', state: 'Pending' },
    { name: 'CleanUp', itinerary: 'Duties', state: 'Pending' },
  ],
  progress: {
    bytesDone: 512 * 1024 * 1024,
    totalBytes: 1024 * 1024 * 1024,
    filesDone: 10,
    totalFiles: 20,
    percent: 50,
    bytesPerSecond: 64 * 1024 * 1024,
    updatedAt: '2026-11-23T01:00:10Z',
  },
});
