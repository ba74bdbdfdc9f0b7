/**
 * What changed between two statuses, as events: one for every change of a condition's status or reason. Seen once here,
 * so that no step has to tell anybody what it did.
 */
import type { EventNote } from '../events/types.ts';
import { type ConditionInput, findCondition } from './conditions.ts';

/** Conditions that are bad or passing when True; all others are good when True. Source: kstatus. */
const abnormalWhenTrue: ReadonlySet<string> = new Set(['Stalled', 'Reconciling']);

export interface TransitionContext {
  /** a step of the walk failed, so a condition that turned False is worth a Warning */
  readonly stepFailed: boolean;
}

/**
 * Events for the way from `before` to `after`. Conditions that turned for one reason with one message are one event;
 * a condition that only came to be said, at its harmless value or as unknown, is none.
 */
export function transitionEvents(
  before: readonly ConditionInput[],
  after: readonly ConditionInput[],
  { stepFailed }: TransitionContext,
): EventNote[] {
  const troubled = stepFailed || findCondition(after, 'Stalled')?.status === 'True';
  const events = new Map<string, EventNote>();
  for (const condition of after) {
    const old = findCondition(before, condition.type);
    if (!isTransition(old, condition)) continue;
    const event = eventOf(condition, troubled);
    const same = `${event.reason}\n${event.note}`;
    const earlier = events.get(same);
    if (earlier === undefined || (earlier.type === 'Normal' && event.type === 'Warning')) events.set(same, event);
  }
  return [...events.values()];
}

function isTransition(old: ConditionInput | undefined, now: ConditionInput): boolean {
  if (old === undefined) return now.status !== 'Unknown' && !(abnormalWhenTrue.has(now.type) && now.status === 'False');
  return old.status !== now.status || old.reason !== now.reason;
}

function eventOf(condition: ConditionInput, troubled: boolean): EventNote {
  const isGood = condition.status === (abnormalWhenTrue.has(condition.type) ? 'False' : 'True');
  const isWarning = condition.type === 'Stalled' ? !isGood : condition.type !== 'Reconciling' && !isGood && troubled;
  return {
    type: isWarning ? 'Warning' : 'Normal',
    reason: condition.reason,
    action: condition.type,
    note: condition.message === '' ? `${condition.type} is ${condition.status}` : condition.message,
  };
}
