/** Expire: a backup whose time is over goes, with its data, unless it is pinned. */
import { discardBackup } from '#contracts/backup/discard.ts';
import { done, type Step, skip, wait } from '#runtime/itinerary/types.ts';
import type { BackupScope } from '../scope.ts';
import { expiryOf } from '../status.ts';

export const expire: Step<BackupScope> = {
  name: 'Expire',
  run: async ({ backup, pass }) => {
    const expiresAt = expiryOf(backup, backup.status?.completedAt);
    if (expiresAt === undefined) return skip('it has no ttl');
    if (backup.spec.pin) return skip('it is pinned');
    const left = Date.parse(expiresAt) - pass.now().getTime();
    if (left > 0) return wait('Kept', `kept until ${expiresAt}`, left);
    await discardBackup(pass, backup);
    return done('it has expired');
  },
};
