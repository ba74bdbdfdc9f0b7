/** Regular backups of a Container, by a BackupSchedule of its name. */
import { BackupSchedule } from '#crds/backup-schedule.ts';
import type { Container } from '#crds/container.ts';
import { type Applied, apiVersionOf } from '#runtime/client/types.ts';
import { childMeta } from './labels.ts';

export function buildBackupSchedule(container: Container): Applied<BackupSchedule> | undefined {
  const { backup } = container.spec;
  if (backup === undefined) return undefined;
  return {
    apiVersion: apiVersionOf(BackupSchedule),
    kind: BackupSchedule.kind,
    metadata: childMeta(container),
    spec: { ...backup, template: { ...backup.template, containerRef: { name: container.metadata.name } } },
  };
}
