/** Regular backups of a Container, declared with it: shorthand for a BackupSchedule that is the Container's own. */
import * as z from 'zod';
import { backupTemplate } from '../backup.ts';
import { schedulePlan } from '../backup-schedule/plan.ts';

const { containerRef: _, source: __, ...options } = backupTemplate;

/** `spec.backup`. */
export const regularBackup = z.object({
  ...schedulePlan,
  template: z.object(options).prefault({}).describe('How each backup is made, as in a BackupSchedule.'),
});
