/** How long the application stood still, from the records of the steps that stop and start it. Pure. */
import type { Migration } from '#crds/migration.ts';
import type { RunStatus, StepRecord } from '#runtime/itinerary/types.ts';

type Downtime = NonNullable<NonNullable<Migration['status']>['downtime']>;

const stopping = new Set(['Forward/Hold', 'Forward/Quiesce', 'Rollback/Stop', 'Cancel/Stop']);
const starting = new Set(['Forward/Resume', 'Rollback/Resume', 'Cancel/Resume', 'Duties/StartAgain']);

/** All stretches together; undefined where nothing was stopped. */
export function downtimeOf(run: RunStatus): Downtime | undefined {
  if (((run.resolved?.workloads as readonly unknown[] | undefined) ?? []).length === 0) return undefined;
  let [since, total, first, last] = [undefined as string | undefined, 0, undefined as string | undefined, ''];
  for (const [at, isStop] of turns(run.steps)) {
    if (isStop) {
      since ??= at;
      first ??= at;
    } else if (since !== undefined) {
      total += (Date.parse(at) - Date.parse(since)) / 1000;
      since = undefined;
      last = at;
    }
  }
  if (first === undefined) return undefined;
  return since === undefined ? { startedAt: first, endedAt: last, seconds: total } : { startedAt: first };
}

/** When it was asked to stop and when it was ready again, in order. */
function turns(steps: readonly StepRecord[]): [string, boolean][] {
  const all = steps.flatMap((step): [string, boolean][] => {
    const { name, itinerary = 'Forward', state, startedAt, completedAt } = step;
    if (state === 'Skipped') return [];
    if (stopping.has(`${itinerary}/${name}`) && startedAt !== undefined) return [[startedAt, true]];
    if (starting.has(`${itinerary}/${name}`) && state === 'Succeeded' && completedAt !== undefined) {
      return [[completedAt, false]];
    }
    return [];
  });
  return all.toSorted(([a], [b]) => a.localeCompare(b, 'en'));
}
