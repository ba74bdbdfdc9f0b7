/** Whether a backup may go because of its age: not while the clock of its store and ours disagree. */
import { clockObjection } from '#contracts/store/clock.ts';
import type { Backup } from '#crds/backup.ts';
import { BackupStore } from '#crds/backup-store.ts';
import type { Cache } from '#runtime/cache/types.ts';

/** Why it has to stay for now; undefined when nothing speaks against its going. */
export function whyAgeIsDoubtful(cache: Cache, { metadata: { namespace = '' }, status }: Backup): string | undefined {
  const name = status?.resolved?.store;
  const store = name === undefined ? undefined : cache.informer(BackupStore).get({ namespace, name });
  return store === undefined ? undefined : clockObjection(store);
}
