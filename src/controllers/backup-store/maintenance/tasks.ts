/** What is done to look after a repository: looking for damage, mending the index, removing what nobody needs. */
import { parseSlots } from '#contracts/cron/slots.ts';
import { clockObjection } from '#contracts/store/clock.ts';
import type { BackupStore } from '#crds/backup-store.ts';
import { type Due, dueTask } from './due.ts';
import type { Task } from './task.ts';

/** Milliseconds between checks while there is damage: a backup may have mended it by then. */
const recheckDamage = 24 * 3_600_000;

const checkAnnotation = 'dokkerr.io/check';
const pruneAnnotation = 'dokkerr.io/prune';

export const check: Task = {
  name: 'Check',
  key: 'check',
  annotation: checkAnnotation,
  request: ({ spec }) => {
    const { readDataPercent } = spec.maintenance.check;
    return { operation: 'check', ...(readDataPercent === 0 ? {} : { readDataPercent }) };
  },
  due: (store, now) =>
    dueBySchedule(store, 'check', checkAnnotation, now, isDamaged(store) ? recheckDamage : undefined),
  succeeded: ({ totalBytes }, endedAt) => ({
    lastCheckedAt: endedAt,
    lastCheckResult: 'Passed',
    damagedPacks: [],
    ...(totalBytes === undefined ? {} : { totalBytes }),
  }),
  answered: (failure, endedAt) =>
    failure.class === 'RepositoryCorrupt'
      ? { lastCheckedAt: endedAt, lastCheckResult: 'Failed', damagedPacks: failure.damagedPacks ?? [] }
      : undefined,
};

/** Once after each check that found damage: what is lost is no longer taken for known, and the next backup stores it anew. */
export const repair: Task = {
  name: 'Repair',
  key: 'repair',
  request: ({ status }) => ({ operation: 'repair', damagedPacks: status?.damagedPacks ?? [] }),
  due: (store, now) => {
    const { lastCheckedAt, lastRepairedAt, repair: status = {} } = store.status ?? {};
    if (!isDamaged(store) || lastCheckedAt === undefined) return { isDue: false, at: undefined };
    if (lastRepairedAt !== undefined && Date.parse(lastRepairedAt) >= Date.parse(lastCheckedAt)) {
      return { isDue: false, at: undefined };
    }
    if (status.failures === undefined) return { isDue: true, at: undefined };
    return dueTask({ slots: { after: () => undefined }, since: now, status, now });
  },
  succeeded: (_, endedAt) => ({ lastRepairedAt: endedAt, damagedPacks: [] }),
};

export const prune: Task = {
  name: 'Prune',
  key: 'prune',
  annotation: pruneAnnotation,
  request: () => ({ operation: 'prune' }),
  due: (store, now) => dueBySchedule(store, 'prune', pruneAnnotation, now),
  held: (store) =>
    isDamaged(store)
      ? 'the repository is damaged, and pruning could take away what is left; see condition RepositoryHealthy'
      : clockObjection(store),
  succeeded: ({ totalBytes, reclaimedBytes }, endedAt) => ({
    lastPrunedAt: endedAt,
    ...(totalBytes === undefined ? {} : { totalBytes }),
    ...(reclaimedBytes === undefined ? {} : { reclaimedBytes }),
  }),
};

/** Whether the last check found damage. */
export function isDamaged({ status }: BackupStore): boolean {
  return status?.lastCheckResult === 'Failed';
}

function dueBySchedule(
  { metadata, spec, status }: BackupStore,
  key: 'check' | 'prune',
  annotation: string,
  now: Date,
  atLeastEvery?: number,
): Due {
  const { schedule, timeZone = 'UTC' } = spec.maintenance[key];
  return dueTask({
    slots: parseSlots(schedule, timeZone, `${metadata.namespace ?? ''}/${metadata.name}/${key}`),
    since: new Date(metadata.creationTimestamp ?? now),
    request: metadata.annotations?.[annotation]?.slice(0, 128),
    atLeastEvery,
    status: status?.[key] ?? {},
    now,
  });
}
