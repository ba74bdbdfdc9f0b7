/** What Backups, Restores and Migrations have in common, as people's commands see it. */
import type { Backup } from '#crds/backup.ts';
import type { Migration } from '#crds/migration.ts';
import type { Restore } from '#crds/restore.ts';

export type Run = Backup | Restore | Migration;
export type RunKindName = 'Backup' | 'Restore' | 'Migration';
export type RunStep = NonNullable<NonNullable<Run['status']>['steps']>[number];

/** It has ended, one way or another. */
export function isOver({ status }: Run): boolean {
  return status?.outcome !== undefined;
}

/** There is nothing to wait for: it has ended, or the application runs on the new volume and the old one is only kept. */
export function isSettled(run: Run): boolean {
  return isOver(run) || isSwitched(run);
}

/** Switched over, with a way back still. */
export function isSwitched({ status }: Run): boolean {
  return status?.outcome === undefined && status?.phase === 'Switched';
}

export function isRestore(run: Run): run is Restore {
  return run.kind === 'Restore';
}

export function isMigration(run: Run): run is Migration {
  return run.kind === 'Migration';
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
