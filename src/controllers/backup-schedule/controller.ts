/** The controller of `BackupSchedule`: begins backups and drills at their times and lets old ones go. */
import { scheduleLabel } from '#contracts/backup/schedule.ts';
import { Backup } from '#crds/backup.ts';
import { BackupSchedule } from '#crds/backup-schedule.ts';
import { Restore } from '#crds/restore.ts';
import type { Change } from '#runtime/cache/types.ts';
import type { ObjectKey } from '#runtime/client/types.ts';
import { defineController, owned, watched } from '#runtime/controller/define.ts';
import { readScope, scheduledBackups, scheduledDrills } from './scope.ts';
import { summarise } from './status.ts';
import { drillStep } from './steps/drill.ts';
import { retain } from './steps/retain.ts';
import { scheduleStep } from './steps/schedule.ts';

export const backupScheduleController = defineController({
  name: 'backup-schedule',
  kind: BackupSchedule,
  owns: [owned(Restore, { options: scheduledDrills })],
  watches: [watched(Backup, scheduleOf, { options: scheduledBackups })],
  rules: [{ apiGroups: [Backup.group], resources: [Backup.plural], verbs: ['create', 'patch', 'delete'] }],
  scope: readScope,
  steps: [scheduleStep, drillStep, retain],
  status: summarise,
});

/** The schedule that made a Backup. */
function scheduleOf({ object }: Change<Backup>): ObjectKey[] {
  const { namespace, labels } = object.metadata;
  const name = labels?.[scheduleLabel];
  return name === undefined || namespace === undefined ? [] : [{ namespace, name }];
}
