/** What the text of an option can be. Every message says what to write instead. Pure, and loads no schema. */
import { InvalidArgumentError } from 'commander';

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `90s`, `5m`, `24h` or `30d`, as it is written in a spec. */
export function duration(text: string): string {
  if (!/^[1-9]\d{0,8}[smhd]$/.test(text))
    throw new InvalidArgumentError('Write a number and its unit: 90s, 5m, 24h, 30d.');
  return text;
}

/** The same, or `0s` for not at all. */
export function durationOrNone(text: string): string {
  return text === '0s' ? text : duration(text);
}

/** A span of time in milliseconds. */
export function milliseconds(text: string): number {
  const unit = duration(text).slice(-1) as keyof typeof units;
  return Number.parseInt(text, 10) * units[unit];
}

/** Zero or more. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Write a whole number.');
  return Number(text);
}

/** A time, or how long ago that was. @param now for `2h`, which is two hours before it */
export function pointInTime(text: string, now: Date): string {
  if (/^[1-9]\d{0,8}[smhd]$/.test(text)) return seconds(new Date(now.getTime() - milliseconds(text)));
  const time = /^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:\d{2})$/.test(text) ? new Date(text) : new Date(Number.NaN);
  if (Number.isNaN(time.getTime())) {
    throw new InvalidArgumentError('Write a time as 2026-11-23T01:30:00Z, or how long ago it was, as 2h or 7d.');
  }
  return seconds(time);
}

/** For an option that may be given several times; a comma separates too. */
export function several(text: string, before: readonly string[] = []): readonly string[] {
  return [
    ...before,
    ...text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  ];
}

/** RFC 3339 without a fraction, which the API's times do not have. */
function seconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}
