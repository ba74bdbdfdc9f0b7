/** What Backups and Restores have in common, as people's commands see it. */
import type { Backup } from '#crds/backup.ts';
import type { Restore } from '#crds/restore.ts';

export type Run = Backup | Restore;
export type RunKindName = 'Backup' | 'Restore';
export type RunStep = NonNullable<NonNullable<Run['status']>['steps']>[number];

/** It has ended, one way or another. */
export function isOver({ status }: Run): boolean {
  return status?.outcome !== undefined;
}

/** The step at work, with a transfer that is its own: the status keeps the last one of an earlier step. */
export function currentStep({ status }: Run): RunStep | undefined {
  return status?.steps?.find(({ state }) => state === 'Running');
}

/** Those worth a line: of a way back only what was walked. */
export function shownSteps({ status }: Run): readonly RunStep[] {
  return (status?.steps ?? []).filter(
    ({ itinerary = 'Forward', state }) => itinerary === 'Forward' || itinerary === 'Duties' || state !== 'Pending',
  );
}
