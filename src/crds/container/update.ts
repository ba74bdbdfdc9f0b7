/** How a Container is replaced by its next revision, and how many of its pods must stay up meanwhile and otherwise. */
import * as z from 'zod';
import { rule, rules } from '../schema/annotations.ts';
import { countOrPercent } from '../schema/quantity.ts';

/** `spec.update`. */
export const update = z
  .object({
    strategy: z
      .enum(['RollingUpdate', 'Recreate'])
      .default('RollingUpdate')
      .describe('RollingUpdate replaces pod by pod; Recreate stops all old pods before the first new one starts.'),
    maxUnavailable: countOrPercent
      .exactOptional()
      .describe(
        'Pods that may be missing during an update, as a count or a percentage. 0 unless declared, 1 with claims.',
      ),
    maxSurge: countOrPercent
      .exactOptional()
      .describe('Pods there may be in excess during an update. 1 unless declared; without meaning for claims.'),
  })
  .meta(
    rules(
      rule(
        "self.strategy != 'Recreate' || (!has(self.maxUnavailable) && !has(self.maxSurge))",
        'maxUnavailable and maxSurge are for strategy RollingUpdate: remove them, or change the strategy',
      ),
      rule(
        "!has(self.maxUnavailable) || !has(self.maxSurge) || !(string(self.maxUnavailable) in ['0', '0%']) || !(string(self.maxSurge) in ['0', '0%'])",
        'with maxUnavailable and maxSurge both 0 no pod can ever be replaced: raise one of them',
      ),
    ),
  );

/** `spec.disruption`. */
export const disruption = z.object({
  minAvailable: countOrPercent
    .exactOptional()
    .describe(
      'Pods that must stay up when nodes are drained, as a count or a percentage. A value equal to replicas forbids every drain.',
    ),
});

/** `spec.update`, defaults filled in. */
export type Update = z.infer<typeof update>;
