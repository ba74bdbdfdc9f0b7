/** Which backups a schedule keeps. */
import * as z from 'zod';
import { rule, rules } from '../schema/annotations.ts';
import { duration } from '../schema/duration.ts';

const count = z.int32().min(0).max(1000);

/** `spec.retention`: a backup that any rule keeps is kept. */
export const retention = z
  .object({
    keepLast: count.exactOptional().describe('The last so many.'),
    keepHourly: count.exactOptional().describe('The last one of each of so many hours that have one.'),
    keepDaily: count.exactOptional().describe('The last one of each of so many days that have one.'),
    keepWeekly: count.exactOptional().describe('The last one of each of so many weeks, from Monday, that have one.'),
    keepMonthly: count.exactOptional().describe('The last one of each of so many months that have one.'),
    keepYearly: count.exactOptional().describe('The last one of each of so many years that have one.'),
    keepWithin: duration.exactOptional().describe('Every one younger than this, for example 7d.'),
    minimum: z
      .int32()
      .min(1)
      .max(1000)
      .default(1)
      .describe('How many are kept whatever the rules say, so that there is always one to restore.'),
  })
  .meta(
    rules(
      rule(
        '(has(self.keepLast) && self.keepLast > 0) || (has(self.keepHourly) && self.keepHourly > 0) || (has(self.keepDaily) && self.keepDaily > 0) || (has(self.keepWeekly) && self.keepWeekly > 0) || (has(self.keepMonthly) && self.keepMonthly > 0) || (has(self.keepYearly) && self.keepYearly > 0) || has(self.keepWithin)',
        'this retention keeps nothing but the minimum: write at least one of keepLast, keepHourly, keepDaily, keepWeekly, keepMonthly, keepYearly and keepWithin',
      ),
    ),
  );

/** `spec.retention`. */
export type Retention = z.infer<typeof retention>;
