/** What of the image cache may go: an archive is some 90 MB, and every change of the source makes one. Pure. */

/** A file or folder and when it was last asked for or written, milliseconds since the epoch. */
export interface Used {
  readonly path: string;
  readonly usedAt: number;
}

/** Somebody who asked for an archive has loaded it by then, and a build has ended. */
const GRACE_MS = 60 * 60 * 1000;

/** Paths of those beyond the `kept` used last, unless used within the hour before `now`. */
export function expired(entries: readonly Used[], now: number, kept: number): string[] {
  const latestFirst = entries.toSorted((a, b) => b.usedAt - a.usedAt);
  return latestFirst
    .slice(kept)
    .filter(({ usedAt }) => now - usedAt > GRACE_MS)
    .map(({ path }) => path);
}
