/** Detect, of the way back: what was changed, and so what there is to undo. */
import type { Migration, ResolvedMigration } from '#crds/migration.ts';
import { Namespace } from '#runtime/client/kinds.ts';
import { recordOf } from '#runtime/itinerary/record.ts';
import { done, type RunStatus, type RunStep } from '#runtime/itinerary/types.ts';
import { type MigrationScope, resolvedOf } from '../scope.ts';

type Undo = NonNullable<ResolvedMigration['undo']>;

export const detect: RunStep<MigrationScope> = {
  name: 'Detect',
  run: async ({ migration, pass, namespace }, entry) => {
    const undo = whatToUndo(migration, entry.run, resolvedOf(entry));
    const found = await pass.client.get(Namespace, { name: namespace });
    // Nothing can be made there any more; old volumes that were taken from their claims outlive it.
    const isGoing = found?.metadata.deletionTimestamp !== undefined;
    return isGoing ? done('the namespace is going', { undo: { ...undo, isLeft: true } }) : done(told(undo), { undo });
  },
};

/**
 * Pure. A step that was begun may have had its effect. Deleting a Migration whose switch is done leaves the new volume in
 * use: the object goes, and what it brought about stays.
 */
export function whatToUndo(
  { metadata, spec }: Pick<Migration, 'metadata' | 'spec'>,
  run: RunStatus,
  { keptUntil }: ResolvedMigration,
): Undo {
  const isDeleted = metadata.deletionTimestamp !== undefined && !spec.rollback.requested && !spec.cancel;
  const resume = recordOf(run, 'Forward', 'Resume')?.state;
  const switched = recordOf(run, 'Forward', 'SwitchOver');
  return {
    isLeft: keptUntil !== undefined || (isDeleted && (resume === 'Succeeded' || resume === 'Skipped')),
    isSwitched: switched?.startedAt !== undefined,
    // From then on whoever names the claim gets the new volume.
    hasRun: switched?.state === 'Succeeded',
  };
}

function told({ isLeft, isSwitched, hasRun }: Undo): string {
  if (isLeft) return 'the switch is done and stays';
  if (!isSwitched) return 'no claim was touched yet';
  return hasRun ? 'the new volume was in use' : 'claims may have been switched over';
}

/** What Detect has found. */
export function undoOf({ undo }: ResolvedMigration): Undo {
  return undo ?? { isLeft: false, isSwitched: false, hasRun: false };
}
