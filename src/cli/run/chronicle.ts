/** What was told of a run by several, in the order of time. Pure. */
import { formatBytes } from '#contracts/text/figures.ts';
import type { Event } from '#runtime/client/kinds.ts';
import { oneLine } from '../render/one-line.ts';

export interface LogEntry {
  /** RFC 3339 */
  readonly at: string;
  /** who tells it: the operator, or a pod by its name */
  readonly by: string;
  readonly text: string;
}

/** `2026-11-23T01:35:07Z  operator  Snapshot: …` */
export function chronicle(entries: readonly LogEntry[]): string[] {
  const width = Math.max(0, ...entries.map(({ by }) => by.length));
  return entries
    .toSorted((a, b) => a.at.localeCompare(b.at))
    .map(({ at, by, text }) => `${at.slice(0, 19)}Z  ${by.padEnd(width)}  ${oneLine(text)}`);
}

/** A series is one entry, of the time it was last seen. */
export function eventEntries(events: readonly Event[]): LogEntry[] {
  return events.map(({ eventTime, series, deprecatedLastTimestamp, type, reason = '', note = '' }) => ({
    at: String(series?.lastObservedTime ?? eventTime ?? deprecatedLastTimestamp ?? ''),
    by: 'operator',
    text: `${type === 'Warning' ? 'warning: ' : ''}${reason}: ${note}${series === undefined ? '' : ` (${series.count} times)`}`,
  }));
}

/** @param text of a log whose every line begins with its time */
export function podEntries(pod: string, text: string): LogEntry[] {
  return text.split('\n').flatMap((line) => {
    const [, at, said = ''] = /^(\d{4}-\d\d-\d\dT\S+) (.*)$/.exec(line) ?? [];
    return at === undefined ? [] : [{ at, by: pod, text: readable(said) }];
  });
}

/** A mover's lines are JSON documents; what else is written there is shown as it is. */
function readable(line: string): string {
  const told = parsed(line);
  if (told?.type !== 'progress') return line;
  const { phase = '', percent = 0, bytesDone = 0, totalBytes = 0 } = told;
  return `${String(phase)} ${Math.floor(Number(percent))}%  ${formatBytes(Number(bytesDone))} of ${formatBytes(Number(totalBytes))}`;
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : undefined;
  } catch {
    // A line that was cut is shown as it is.
    return undefined;
  }
}
