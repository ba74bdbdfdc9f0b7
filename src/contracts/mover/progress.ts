/**
 * What a mover writes to standard output, one JSON document a line. Nothing depends on it but what a person sees meanwhile,
 * and the long form of a listing, which the result has the count of.
 */
import * as z from 'zod';
import { moverSnapshot } from './result.ts';

/** Least time between two lines of progress, milliseconds. */
export const progressInterval = 5_000;

const count = z.int().min(0);

const progress = z.object({
  type: z.literal('progress'),
  phase: z.enum(['Opening', 'Scanning', 'Transferring', 'Verifying']),
  bytesDone: count,
  totalBytes: count,
  filesDone: count,
  totalFiles: count,
  /** 0 to 100; of the bytes, or of the files where there are none */
  percent: z.number().min(0).max(100),
  /** since the line before */
  bytesPerSecond: count,
});

/** One snapshot of a listing, newest first. The listing is whole when there are `MoverResult.snapshotCount` of them. */
const snapshot = z.object({ type: z.literal('snapshot'), snapshot: moverSnapshot });

/** One line. */
export const moverLine = z.discriminatedUnion('type', [progress, snapshot]);

export type MoverProgress = z.infer<typeof progress>;
export type MoverPhase = MoverProgress['phase'];
export type MoverLine = z.infer<typeof moverLine>;
