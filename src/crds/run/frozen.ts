/** What cannot change once a run is there: it would speak of something else than what was done. */
import { type CelRule, rule } from '../schema/annotations.ts';

/** One transition rule a field. @param kind as the message names it: `Backup` */
export function frozenFields(fields: readonly string[], kind: string): CelRule[] {
  return fields.map((field) =>
    rule(
      `has(self.${field}) == has(oldSelf.${field}) && (!has(self.${field}) || self.${field} == oldSelf.${field})`,
      `${field} cannot change once the ${kind.toLowerCase()} is there: make another ${kind}`,
      `.${field}`,
    ),
  );
}
