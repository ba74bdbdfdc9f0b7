/** Restore drills: how a schedule proves that its backups can be restored. */
import * as z from 'zod';
import { check } from '../run/check.ts';
import { objectName } from '../schema/names.ts';
import { byteSize } from '../schema/quantity.ts';
import { cronLine } from './cron.ts';

/** `spec.drill`. */
export const drill = z.object({
  schedule: cronLine('drill.schedule').describe("When: a cron line, in the schedule's time zone."),
  job: check
    .exactOptional()
    .describe(
      'A program of your own that looks at the restored data at /data (at /data/<claim> where there are several); it has to exit with 0. Without it, every byte is compared with the backup and nothing more.',
    ),
  size: byteSize
    .exactOptional()
    .describe('Size of each scratch claim. Without it, a fifth more than the backup says its files have.'),
  storageClassName: objectName
    .exactOptional()
    .describe("StorageClass of the scratch claims; the cluster's default when absent."),
  historyLimit: z
    .int32()
    .min(1)
    .max(100)
    .default(3)
    .describe('How many drills that have ended are kept to be looked at.'),
});
