/** What a run's records tell of since they were stored last, as events: one for each step that ended, one for each turn. */
import type { EventNote } from '../events/types.ts';
import { recordOf } from '../itinerary/record.ts';
import type { RunStatus } from '../itinerary/types.ts';

/** Pure. */
export function runEvents(before: RunStatus | undefined, after: RunStatus): EventNote[] {
  const turned = before !== undefined && before.itinerary !== after.itinerary;
  const turn: EventNote[] = turned ? [turnEvent(after)] : [];
  const ends = after.steps.flatMap((step): EventNote[] => {
    const old = before && recordOf(before, step.itinerary ?? 'Forward', step.name);
    if (old?.state === step.state) return [];
    if (step.state === 'Succeeded') {
      return [note('Normal', `${step.name}Succeeded`, step.name, step.message ?? `${step.name} succeeded`)];
    }
    if (step.state === 'Failed') {
      return [note('Warning', `${step.name}Failed`, step.name, step.message ?? `${step.name} failed`)];
    }
    return [];
  });
  return [...ends, ...turn];
}

function turnEvent({ itinerary, failure }: RunStatus): EventNote {
  const why = failure === undefined ? 'as asked' : `because ${failure.step} failed: ${failure.message}`;
  return note('Warning', `${itinerary}Started`, itinerary, `the run turned to its ${itinerary} steps ${why}`);
}

function note(type: EventNote['type'], reason: string, action: string, text: string): EventNote {
  return { type, reason, action, note: text };
}
