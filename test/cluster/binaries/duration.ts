// How progress lines write a length of time.

/** `17 s` below two minutes, else `6.7 min`. */
export function formatDuration(seconds: number): string {
  return seconds < 120 ? `${Math.round(seconds)} s` : `${(seconds / 60).toFixed(1)} min`;
}

/** Time since `started`, a reading of `performance.now()`. */
export function elapsed(started: number): string {
  return formatDuration((performance.now() - started) / 1000);
}
