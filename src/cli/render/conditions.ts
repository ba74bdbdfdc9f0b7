/** Conditions as a table: what each concern says, and since when. Pure. */
import type { Condition } from '#crds/schema/condition.ts';
import type { Paint } from '../terminal/paint.ts';
import { age } from './age.ts';
import { oneLine } from './one-line.ts';
import { table } from './table.ts';

/** None where there are no conditions. */
export function conditionLines(conditions: readonly Condition[], now: Date, paint: Paint): string[] {
  if (conditions.length === 0) return [];
  const rows = conditions.map(({ type, status, reason, message, lastTransitionTime }) => [
    { text: type },
    { text: status },
    { text: age(lastTransitionTime, now) },
    { text: reason },
    { text: oneLine(message) },
  ]);
  return table(['CONDITION', 'STATUS', 'SINCE', 'REASON', 'MESSAGE'], rows, paint);
}

/** The condition of that type, if it is there. */
export function conditionOf<C extends Condition>(conditions: readonly C[] | undefined, type: C['type']): C | undefined {
  return conditions?.find((condition) => condition.type === type);
}
