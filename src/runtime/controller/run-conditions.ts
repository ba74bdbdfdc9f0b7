/** A run as kstatus reads it: Reconciling while under way, Ready when it did what it should, Stalled when it never will. */
import type { RunStatus } from '../itinerary/types.ts';
import type { ConditionInput } from './conditions.ts';

/** Pure. The reasons are the run's outcomes, or `InProgress`; the message names the step. */
export function runConditions(run: RunStatus): ConditionInput[] {
  const { outcome } = run;
  if (outcome === undefined)
    return conditions('InProgress', progressMessage(run), { ready: 'False', reconciling: 'True' });
  if (outcome === 'Completed')
    return conditions(outcome, 'every step succeeded', { ready: 'True', reconciling: 'False' });
  const { failure } = run;
  const asked = outcome === 'RolledBack' ? 'it was undone as asked' : 'it was canceled';
  const message = failure === undefined ? asked : `${failure.step}: ${failure.message}`;
  return [
    ...conditions(outcome, message, { ready: 'False', reconciling: 'False' }),
    { type: 'Stalled', status: 'True', reason: outcome, message },
  ];
}

function conditions(
  reason: string,
  message: string,
  { ready, reconciling }: Record<'ready' | 'reconciling', 'True' | 'False'>,
): ConditionInput[] {
  return [
    { type: 'Ready', status: ready, reason, message },
    { type: 'Reconciling', status: reconciling, reason, message },
  ];
}

function progressMessage({ itinerary, steps }: RunStatus): string {
  const current = steps.find(({ state }) => state === 'Running') ?? steps.find(({ state }) => state === 'Pending');
  if (current === undefined) return `${itinerary}: about to end`;
  return current.message === undefined ? `${itinerary}: ${current.name}` : `${current.name}: ${current.message}`;
}
