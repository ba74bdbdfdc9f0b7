/** How a backup is proven. */
import * as z from 'zod';

/** `spec.verify`. */
export const verifySpec = z.object({
  mode: z
    .enum(['None', 'Metadata', 'Data'])
    .default('Metadata')
    .describe('Metadata lists and counts every file of the snapshot; Data also reads a part of their content back.'),
  readDataPercent: z
    .int32()
    .min(1)
    .max(100)
    .default(5)
    .describe('For Data: how much is read back, chosen at random. 100 is all of it.'),
});
