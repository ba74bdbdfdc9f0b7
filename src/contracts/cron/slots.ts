/**
 * The slots of a cron line in a time zone: computed from the line alone, so that every replica sees the same ones. Over a
 * change of the clocks each day's slot fires once (croner skips what does not exist and does not repeat what exists twice).
 */
import { hash } from 'node:crypto';
import { Cron } from 'croner';
import { DokkerrError } from '#runtime/errors.ts';

export interface Slots {
  /** The first slot after that time; undefined when there is none for a hundred years. */
  after(time: Date): Date | undefined;
}

/** Range of values of each field, for `H`; days up to 28, so that every month has them. */
const ranges = [
  { name: 'minute', from: 0, count: 60 },
  { name: 'hour', from: 0, count: 24 },
  { name: 'day', from: 1, count: 28 },
  { name: 'month', from: 1, count: 12 },
  { name: 'weekday', from: 0, count: 7 },
] as const;

/**
 * @param line five fields, or `@daily` and its like
 * @param timeZone IANA name
 * @param key what `H` is chosen by: the same for the same key, spread evenly over all keys
 * @throws DKR_SPEC_INVALID naming the field and what it says
 */
export function parseSlots(line: string, timeZone: string, key: string): Slots {
  mustBeTimeZone(timeZone);
  const text = spread(line.trim(), key);
  let cron: Cron;
  try {
    cron = new Cron(text, { mode: '5-part', timezone: timeZone, paused: true });
  } catch (cause) {
    const said = cause instanceof Error ? cause.message.replace(/^CronPattern: /, '') : String(cause);
    throw new DokkerrError(
      'DKR_SPEC_INVALID',
      `schedule "${line}": ${said}; write five fields: minute hour day month weekday`,
      { cause },
    );
  }
  return { after: (time) => cron.nextRun(time) ?? undefined };
}

function mustBeTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch (cause) {
    throw new DokkerrError(
      'DKR_SPEC_INVALID',
      `timeZone "${timeZone}" is none that is known; write an IANA name, for example Europe/Berlin`,
      { cause },
    );
  }
}

/** Each `H` becomes a value of its field that follows from the key. */
function spread(line: string, key: string): string {
  if (!line.includes('H')) return line;
  return line
    .split(/ +/)
    .map((field, index) => {
      const range = ranges[index];
      if (field !== 'H' || range === undefined) return field;
      return String(range.from + (number(`${key}/${range.name}`) % range.count));
    })
    .join(' ');
}

/** Milliseconds up to `limit` that follow from the key. */
export function jitterOf(key: string, limit: number): number {
  return limit === 0 ? 0 : number(`${key}/jitter`) % limit;
}

function number(key: string): number {
  return Number.parseInt(hash('sha256', key).slice(0, 12), 16);
}
