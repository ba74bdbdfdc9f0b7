/** Retain: lets go of what the retention does not keep, a few at a time, and of old failures. */
import { whyAgeIsDoubtful } from '#contracts/backup/clock.ts';
import { discardBackup } from '#contracts/backup/discard.ts';
import { done, type Step } from '#runtime/itinerary/types.ts';
import { expired } from '../retain.ts';
import type { BackupScheduleScope } from '../scope.ts';

/** A retention that was written wrong is noticed after a few backups, and not after all of them. */
const atOnce = 5;
/** Milliseconds to the next few. */
const pauseBetween = 60_000;

export const retain: Step<BackupScheduleScope> = {
  name: 'Retain',
  run: async (scope) => {
    const { schedule, backups, pass } = scope;
    const { retention, failedHistoryLimit } = schedule.spec;
    const kept = backups.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const old = retention === undefined ? [] : expired(kept, retention, pass.now());
    const failures = kept
      .filter(({ status, spec }) => status?.outcome !== undefined && status.outcome !== 'Completed' && !spec.pin)
      .slice(failedHistoryLimit);
    const wanted = [...old, ...failures];
    const going = wanted.filter((backup) => whyAgeIsDoubtful(pass.cache, backup) === undefined);
    if (going.length === 0 && wanted.length > 0) {
      const message = `${wanted.length} backups stay: the clock of their store is not ours`;
      return { kind: 'done', message, recheckAfter: pauseBetween };
    }
    for (const backup of going.slice(0, atOnce)) await discardBackup(pass, backup);
    if (going.length <= atOnce) return done(`${kept.length - going.length} backups are kept`);
    return { kind: 'done', message: `${going.length - atOnce} backups are still to go`, recheckAfter: pauseBetween };
  },
};
