/** Spans of time for eyes. Pure. */

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** `7s`, `4m12s`, `3h5m`, `2d3h`, `90d`: two units at most, as kubectl writes ages. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 2 * minute) return `${seconds}s`;
  if (seconds < 3 * hour) return two(seconds, minute, 'm', 1, 's');
  if (seconds < 2 * day) return two(seconds, hour, 'h', minute, 'm');
  if (seconds < 14 * day) return two(seconds, day, 'd', hour, 'h');
  return `${Math.floor(seconds / day)}d`;
}

/** How long ago that was; a clock that is ahead makes it 0 s. @param time RFC 3339 */
export function age(time: string, now: Date): string {
  const at = Date.parse(time);
  return Number.isNaN(at) ? '<unknown>' : span(now.getTime() - at);
}

function two(seconds: number, large: number, largeUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)}${largeUnit}${rest === 0 ? '' : `${rest}${smallUnit}`}`;
}
