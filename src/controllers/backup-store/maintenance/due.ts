/** When a kind of maintenance is due: at its slots, when somebody asks, and again after a failure. Pure. */
import type { Slots } from '#contracts/cron/slots.ts';
import type { TaskStatus } from '#crds/backup-store.ts';

/** Milliseconds to the first attempt after a failure; each further failure doubles it. */
const firstRetry = 60_000;
/** Milliseconds between attempts at most. */
const longestRetry = 6 * 3_600_000;

export interface DueInput {
  readonly slots: Slots;
  /** since when there is anything to look after */
  readonly since: Date;
  /** by annotation; each value asks once */
  readonly request?: string | undefined;
  /** milliseconds between two runs at most, whatever the slots say */
  readonly atLeastEvery?: number | undefined;
  readonly status: TaskStatus;
  readonly now: Date;
}

export interface Due {
  readonly isDue: boolean;
  /** when it is, or was; absent when it never comes, or was asked for */
  readonly at: Date | undefined;
}

export function dueTask(input: DueInput): Due {
  const { request, status, now } = input;
  if (request !== undefined && request !== status.handledRequest) return { isDue: true, at: undefined };
  const at = nextOf(input);
  return { isDue: at !== undefined && at.getTime() <= now.getTime(), at };
}

function nextOf({ slots, since, status, atLeastEvery }: DueInput): Date | undefined {
  const { startedAt, failures = 0 } = status;
  const last = startedAt === undefined ? since : new Date(startedAt);
  const candidates = [
    slots.after(last),
    failures === 0 ? undefined : later(last, Math.min(longestRetry, firstRetry * 2 ** (failures - 1))),
    atLeastEvery === undefined ? undefined : later(last, atLeastEvery),
  ];
  return candidates
    .filter((one) => one !== undefined)
    .toSorted((a, b) => a.getTime() - b.getTime())
    .at(0);
}

function later(time: Date, byMs: number): Date {
  return new Date(time.getTime() + byMs);
}
