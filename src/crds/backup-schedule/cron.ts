/** A cron line as BackupSchedules take it. The operator computes its slots (`contracts/cron`); admission sees its form. */
import { rule, rules } from '../schema/annotations.ts';
import { text } from '../schema/names.ts';

const message =
  'is a cron line of five fields, for example 30 2 * * * (minute hour day month weekday), or @hourly, @daily, @weekly, @monthly, @yearly; H stands for a value of its own for each schedule';

/** @param field what it is called where it stands */
export const cronLine = (field: string) =>
  text(100).meta(
    rules(
      rule(
        "self.matches('^(@(hourly|daily|midnight|weekly|monthly|yearly|annually)|([^ ]+ +){4}[^ ]+)$')",
        `${field} ${message}`,
      ),
    ),
  );
