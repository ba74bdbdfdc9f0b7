/** Expire: a backup whose time is over goes, with its data, unless it is pinned. */
import { whyAgeIsDoubtful } from '#contracts/backup/clock.ts';
import { discardBackup } from '#contracts/backup/discard.ts';
import { done, type Step, skip, wait } from '#runtime/itinerary/types.ts';
import type { BackupScope } from '../scope.ts';
import { expiryOf } from '../status.ts';

/** Milliseconds between looks whether the store's clock is right again. */
const recheckClock = 60_000;

export const expire: Step<BackupScope> = {
  name: 'Expire',
  run: async ({ backup, pass }) => {
    const expiresAt = expiryOf(backup, backup.status?.completedAt);
    if (expiresAt === undefined) return skip('it has no ttl');
    if (backup.spec.pin) return skip('it is pinned');
    const left = Date.parse(expiresAt) - pass.now().getTime();
    if (left > 0) return wait('Kept', `kept until ${expiresAt}`, left);
    const doubt = whyAgeIsDoubtful(pass.cache, backup);
    if (doubt !== undefined) return wait('ClockSkewed', `kept for now: ${doubt}`, recheckClock);
    await discardBackup(pass, backup);
    return done('it has expired');
  },
};
