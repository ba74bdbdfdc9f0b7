/** Expire: a backup whose time is over goes, with its data, unless it is pinned. */
import { Backup } from '#crds/backup.ts';
import { done, type Step, skip, wait } from '#runtime/itinerary/types.ts';
import type { BackupScope } from '../scope.ts';
import { expiryOf } from '../status.ts';

/** Milliseconds a timer of the queue may be set to; a longer wait is looked at in between. */
const longestWait = 24 * 3_600_000;

export const expire: Step<BackupScope> = {
  name: 'Expire',
  run: async ({ backup, pass }) => {
    const expiresAt = expiryOf(backup, backup.status?.completedAt);
    if (expiresAt === undefined) return skip('it has no ttl');
    if (backup.spec.pin) return skip('it is pinned');
    const left = Date.parse(expiresAt) - pass.now().getTime();
    if (left > 0) return wait('Kept', `kept until ${expiresAt}`, Math.min(left, longestWait));
    const { resourceVersion, uid } = backup.metadata;
    // Expiry removes the data too; said in the spec first, so that a crash in between does not leave it behind.
    await pass.client.patch(Backup, backup.metadata, {
      metadata: resourceVersion === undefined ? {} : { resourceVersion },
      spec: { deletionPolicy: 'Delete' },
    });
    await pass.client.delete(Backup, backup.metadata, uid === undefined ? {} : { uid });
    return done('it has expired');
  },
};
