/** What metrics tell of a Migration, from its status. Pure. */
import type { Migration } from '#crds/migration.ts';

type Step = NonNullable<NonNullable<Migration['status']>['steps']>[number];

/** How it ended, where that is not as it was asked to: a plan that was refused, and what somebody canceled, are no failures. */
export function endedBadly({ spec, status }: Migration): 'Failed' | 'RolledBack' | 'RollbackFailed' | undefined {
  if (spec.dryRun || status?.failure === undefined) return undefined;
  if (status.outcome === 'RolledBack') return 'RolledBack';
  if (status.outcome !== 'Failed') return undefined;
  return status.itinerary === 'Forward' ? 'Failed' : 'RollbackFailed';
}

/** The application stands still, and starting it again is this Migration's to do. */
export function isStopped({ status }: Migration): boolean {
  const { outcome, phase, downtime } = status ?? {};
  return outcome === undefined && phase !== 'Switched' && downtime !== undefined && downtime.endedAt === undefined;
}

/** The step at work, of one that has not ended. */
export function currentStep({ status }: Migration): Step | undefined {
  return status?.outcome === undefined ? status?.steps?.find(({ state }) => state === 'Running') : undefined;
}

export function keptVolumes({ status }: Migration): number {
  const asWayBack = status?.phase === 'Switched' ? (status.plan?.volumes.length ?? 0) : 0;
  return asWayBack + (status?.retainedVolumes?.length ?? 0);
}
