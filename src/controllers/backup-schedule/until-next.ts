/** How a step of a schedule ends that has nothing more to do before its next time. Pure. */
import { rfc3339 } from '#runtime/controller/conditions.ts';
import type { StepResult } from '#runtime/itinerary/types.ts';
import type { Due } from './due.ts';

/**
 * @param field of the status: when the next one is due
 * @param messages what to say before the next one, and where there is none any more
 */
export function untilNext(
  field: 'nextScheduleTime' | 'nextDrillTime',
  messages: { readonly waiting: string; readonly none: string },
) {
  return ({ next }: Due, now: Date, found: Readonly<Record<string, unknown>>): StepResult => {
    if (next === undefined) return { kind: 'done', message: messages.none, resolved: found };
    return {
      kind: 'done',
      message: messages.waiting,
      resolved: { ...found, [field]: rfc3339(next.at) },
      recheckAfter: Math.max(0, next.at.getTime() - now.getTime()),
    };
  };
}
