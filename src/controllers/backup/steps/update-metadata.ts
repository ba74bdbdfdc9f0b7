/** UpdateMetadata: what a person wants to know of the backup afterwards, in one line. */
import { formatBytes } from '#contracts/text/figures.ts';
import { done, type RunStep } from '#runtime/itinerary/types.ts';
import { type BackupScope, resolvedOf } from '../scope.ts';
import { totalsOf } from '../status.ts';

export const updateMetadata: RunStep<BackupScope> = {
  name: 'UpdateMetadata',
  run: async (_, entry) => {
    const { sizeBytes, storedBytes, filesFailed } = totalsOf(resolvedOf(entry).volumes ?? []);
    const failed = filesFailed === 0 ? '' : `; ${filesFailed} files could not be read`;
    return done(`${formatBytes(sizeBytes)} backed up, ${formatBytes(storedBytes)} new in the store${failed}`);
  },
};
