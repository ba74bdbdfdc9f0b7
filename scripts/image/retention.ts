/** Which archives of the image cache may go: each is some 90 MB, and every change of the source makes one. Pure. */

/** An archive and when it was last asked for, milliseconds since the epoch. */
export interface UsedArchive {
  readonly path: string;
  readonly usedAt: number;
}

const KEPT = 4;
/** Somebody who asked for an archive has loaded it by then. */
const GRACE_MS = 60 * 60 * 1000;

/** Paths of the archives beyond the four used last, unless used within the hour before `now`. */
export function expired(archives: readonly UsedArchive[], now: number): string[] {
  const latestFirst = archives.toSorted((a, b) => b.usedAt - a.usedAt);
  return latestFirst
    .slice(KEPT)
    .filter(({ usedAt }) => now - usedAt > GRACE_MS)
    .map(({ path }) => path);
}
