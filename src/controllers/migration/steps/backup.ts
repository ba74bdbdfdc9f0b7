/** Backup: what is there before anything is done, proven; from it the new volumes are filled. */
import { formatBytes } from '#contracts/text/figures.ts';
import { done, type RunStep } from '#runtime/itinerary/types.ts';
import { mustFit } from '../plan/volumes.ts';
import { type MigrationScope, resolvedOf } from '../scope.ts';
import { passBackup } from '../transfer/pass-backup.ts';
import { isHeld } from './hold.ts';

export const backup: RunStep<MigrationScope> = {
  name: 'Backup',
  effect: true,
  run: async (scope, entry) => {
    const outcome = await passBackup(scope, entry, { pass: 'pass-1', downtime: isHeld(scope) ? 'Backup' : undefined });
    if (outcome.kind === 'step') return outcome.result;
    const { metadata, status } = outcome.backup;
    const bytes = new Map((status?.volumes ?? []).map(({ claim, sizeBytes = 0 }) => [claim, sizeBytes]));
    mustFit((resolvedOf(entry).volumes ?? []).map((volume) => ({ ...volume, bytes: bytes.get(volume.claim) ?? 0 })));
    const total = [...bytes.values()].reduce((sum, size) => sum + size, 0);
    return done(`${formatBytes(total)} kept as Backup ${metadata.name}`, { backup: metadata.name });
  },
};
