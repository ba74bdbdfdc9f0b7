/** ScheduleBackups: the BackupSchedule that `spec.backup` is short for; what it has made stays when it goes. */
import { BackupSchedule } from '#crds/backup-schedule.ts';
import { done, type Step } from '#runtime/itinerary/types.ts';
import { buildBackupSchedule } from '../children/backup-schedule.ts';
import { keepChild } from '../children/keep.ts';
import type { ContainerScope } from '../scope.ts';

export const scheduleBackups: Step<ContainerScope> = {
  name: 'ScheduleBackups',
  independent: true,
  run: async (scope) => {
    await keepChild(scope, BackupSchedule, buildBackupSchedule(scope.container));
    return done();
  },
};
