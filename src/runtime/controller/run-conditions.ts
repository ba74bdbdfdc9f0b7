/**
 * A run as kstatus reads it: Reconciling while under way, Ready when it did what it should or only waits for a time to be
 * over, Stalled when it never will.
 */
import type { RunStatus } from '../itinerary/types.ts';
import type { ConditionInput } from './conditions.ts';

/**
 * Pure. The reasons are the run's outcomes, or `InProgress`, or `AtRest`; the message names the step.
 * @param restsIn names of forward steps that wait with everything done that was asked for
 */
export function runConditions(run: RunStatus, restsIn: readonly string[] = []): ConditionInput[] {
  const { outcome } = run;
  if (outcome === undefined) {
    const message = progressMessage(run);
    if (isAtRest(run, restsIn)) return conditions('AtRest', message, { ready: 'True', reconciling: 'False' });
    return conditions('InProgress', message, { ready: 'False', reconciling: 'True' });
  }
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

function isAtRest({ itinerary, steps }: RunStatus, restsIn: readonly string[]): boolean {
  const running = steps.find(({ state }) => state === 'Running');
  return itinerary === 'Forward' && running !== undefined && restsIn.includes(running.name);
}

function progressMessage({ itinerary, steps }: RunStatus): string {
  const current = steps.find(({ state }) => state === 'Running') ?? steps.find(({ state }) => state === 'Pending');
  if (current === undefined) return `${itinerary}: about to end`;
  return current.message === undefined ? `${itinerary}: ${current.name}` : `${current.name}: ${current.message}`;
}
