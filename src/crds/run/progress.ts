/** How far a transfer is. */
import * as z from 'zod';
import { timestamp } from '../schema/condition.ts';

const count = z.int().min(0);

/** `status.progress`. */
export const progress = z.object({
  bytesDone: count.describe('Bytes done.'),
  totalBytes: count.describe('Bytes there are, as far as known.'),
  filesDone: count.describe('Files done.'),
  totalFiles: count.describe('Files there are, as far as known.'),
  percent: z.int32().min(0).max(100).describe('Bytes done of all, in percent.'),
  bytesPerSecond: count.describe('Rate since the last look.'),
  updatedAt: timestamp.describe('When this was read.'),
});

/** `status.progress`. */
export type Progress = z.infer<typeof progress>;
