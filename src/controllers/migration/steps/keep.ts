/** Keep: the old volume stays as it was at the switch, and can be brought back, until its time is over. */

import { durationMs } from '#crds/schema/duration.ts';
import { rfc3339 } from '#runtime/controller/conditions.ts';
import { recordOf } from '#runtime/itinerary/record.ts';
import { done, type RunStatus, type RunStep, skip, wait } from '#runtime/itinerary/types.ts';
import type { MigrationScope } from '../scope.ts';

/** Milliseconds beside the time that is asked for. */
const margin = 3_600_000;

export const keep: RunStep<MigrationScope> = {
  name: 'Keep',
  // The application has what was asked for: who waits for this Migration need not wait for a day.
  atRest: true,
  deadline: ({ migration: { spec } }) => durationMs(spec.keepSource.for) + margin,
  run: async ({ migration, pass }, { run }) => {
    if (migration.spec.mode === 'StageOnly') return skip('the old volume is in use as before');
    const now = pass.now();
    const end = endOfKeeping(run, migration.spec.keepSource.for, now);
    if (end > now) {
      return wait('Kept', `the old volume can be brought back until ${rfc3339(end)}`, end.getTime() - now.getTime());
    }
    return done('the old volume was kept as long as asked', { keptUntil: rfc3339(now) });
  },
};

/** Counted from the switch. @param now where it is not over yet */
export function endOfKeeping(run: RunStatus, keptFor: string, now: Date): Date {
  const { completedAt } = recordOf(run, 'Forward', 'SwitchOver') ?? {};
  const since = completedAt === undefined ? now.getTime() : Date.parse(completedAt);
  return new Date(since + durationMs(keptFor));
}
