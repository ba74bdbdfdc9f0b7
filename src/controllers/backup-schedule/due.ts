/** Which slot is due now, how many were missed, and when to look again. Pure. */
import { jitterOf, parseSlots } from '#contracts/cron/slots.ts';
import type { BackupSchedule } from '#crds/backup-schedule.ts';
import { durationMs } from '#crds/schema/duration.ts';

export interface Due {
  /** the slot a backup has to begin for now */
  readonly slot: Date | undefined;
  /** slots before that one which nobody saw */
  readonly missed: number;
  /** a slot that is too long ago by now */
  readonly tooLate: Date | undefined;
  /** the next slot, and when to begin for it */
  readonly next: { readonly slot: Date; readonly at: Date } | undefined;
}

/** As many missed slots are counted; more would be computed for nothing. */
const mostMissed = 1000;

/**
 * Slots count from the last one that was begun, or from the schedule's creation. Of several that passed, only the latest is
 * due: one catch-up, never a burst.
 * @throws DKR_SPEC_INVALID for a line or a time zone that is none
 */
export function dueAt({ metadata, spec, status }: BackupSchedule, now: Date): Due {
  const key = `${metadata.namespace ?? ''}/${metadata.name}`;
  const slots = parseSlots(spec.schedule, spec.timeZone ?? 'UTC', key);
  const jitter = spec.jitter === undefined ? 0 : jitterOf(key, durationMs(spec.jitter));
  const since = latest(status?.lastScheduleTime, status?.lastSkipped?.at, metadata.creationTimestamp) ?? now;
  let slot: Date | undefined;
  let passed = 0;
  let next = slots.after(since);
  while (next !== undefined && next.getTime() + jitter <= now.getTime()) {
    slot = next;
    passed += 1;
    next = slots.after(passed < mostMissed ? next : now);
  }
  const missed = Math.max(0, passed - 1);
  const upcoming = next === undefined ? undefined : { slot: next, at: new Date(next.getTime() + jitter) };
  const late = slot !== undefined && isTooLate(spec.startingDeadlineSeconds, slot.getTime() + jitter, now);
  return { slot: late ? undefined : slot, missed, tooLate: late ? slot : undefined, next: upcoming };
}

function isTooLate(deadlineSeconds: number | undefined, at: number, now: Date): boolean {
  return deadlineSeconds !== undefined && now.getTime() - at > deadlineSeconds * 1000;
}

function latest(...times: readonly (string | undefined)[]): Date | undefined {
  const known = times.filter((time) => time !== undefined).map((time) => Date.parse(time));
  return known.length === 0 ? undefined : new Date(Math.max(...known));
}
