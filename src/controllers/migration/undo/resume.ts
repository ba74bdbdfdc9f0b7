/** Resume, of the way back: the application runs with the old volume, and is ready. */
import type { Migration } from '#crds/migration.ts';
import { durationMs } from '#crds/schema/duration.ts';
import { recordOf } from '#runtime/itinerary/record.ts';
import { type RunStatus, type RunStep, skip } from '#runtime/itinerary/types.ts';
import { type MigrationScope, resolvedOf } from '../scope.ts';
import { readyDeadline, startAndAwait } from '../steps/readiness.ts';
import { undoOf } from './detect.ts';

const leastPatience = '10m';

export const resumeOld: RunStep<MigrationScope> = {
  name: 'Resume',
  effect: true,
  deadline: ({ migration }) => readyDeadline(patienceOf(migration)),
  run: async (scope, entry) => {
    if (!wasStopped(entry.run)) return skip('nothing was stopped');
    if (undoOf(resolvedOf(entry)).isLeft) return skip('it runs with the new volume');
    return startAndAwait(scope, entry, { within: patienceOf(scope.migration), list: entry.run.itinerary });
  },
};

/** There is nothing further to go back to: what is hasty for the new volume need not be enough for the old one. */
function patienceOf({ spec: { switchOver } }: Migration): string {
  return durationMs(switchOver.readyWithin) < durationMs(leastPatience) ? leastPatience : switchOver.readyWithin;
}

/** By a step that was begun: whoever is stopped for it may be so since, whatever became of it. */
function wasStopped(run: RunStatus): boolean {
  const records = [recordOf(run, 'Forward', 'Hold'), recordOf(run, 'Forward', 'Quiesce')];
  return records.some((record) => record?.startedAt !== undefined && record.state !== 'Skipped');
}
