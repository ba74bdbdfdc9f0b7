/** Which slot is due now, how many were missed, and when to look again. Pure. */
import { jitterOf, parseSlots } from '#contracts/cron/slots.ts';

/** What is to begin when. */
export interface Timetable {
  /** what `H` and the jitter are chosen by */
  readonly key: string;
  /** a cron line */
  readonly schedule: string;
  /** IANA name */
  readonly timeZone: string;
  /** milliseconds; each time begins up to so much later */
  readonly jitterMs?: number | undefined;
  /** seconds after its time within which a slot may still begin; always when absent */
  readonly deadlineSeconds?: number | undefined;
  /** times, RFC 3339, up to the latest of which every slot is settled */
  readonly since: readonly (string | undefined)[];
}

export interface Due {
  /** the slot something has to begin for now */
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
 * Of several slots that passed, only the latest is due: one catch-up, never a burst.
 * @throws DKR_SPEC_INVALID for a line or a time zone that is none
 */
export function dueAt(timetable: Timetable, now: Date): Due {
  const { key, schedule, timeZone, jitterMs, deadlineSeconds } = timetable;
  const slots = parseSlots(schedule, timeZone, key);
  const jitter = jitterMs === undefined ? 0 : jitterOf(key, jitterMs);
  const since = latest(timetable.since) ?? now;
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
  const late = slot !== undefined && isTooLate(deadlineSeconds, slot.getTime() + jitter, now);
  return { slot: late ? undefined : slot, missed, tooLate: late ? slot : undefined, next: upcoming };
}

function isTooLate(deadlineSeconds: number | undefined, at: number, now: Date): boolean {
  return deadlineSeconds !== undefined && now.getTime() - at > deadlineSeconds * 1000;
}

function latest(times: readonly (string | undefined)[]): Date | undefined {
  const known = times.filter((time) => time !== undefined).map((time) => Date.parse(time));
  return known.length === 0 ? undefined : new Date(Math.max(...known));
}
