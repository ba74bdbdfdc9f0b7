/** In what two entries of one name differ, said in words. Pure. */
import type { Entry } from './entry.ts';
import { modeInWords, pathInWords, timeInWords } from './words.ts';

/** Units in which file systems keep times, nanoseconds: NTFS and SMB 100 ns, others micro-, milliseconds, seconds, FAT two. */
const resolutions = [1n, 100n, 1_000n, 1_000_000n, 1_000_000_000n, 2_000_000_000n];

/** @returns nothing when they are the same; whether they have the same content is not looked at */
export function differencesOf(expected: Entry, found: Entry): string[] {
  if (found.kind !== expected.kind) return [`a ${found.kind} instead of a ${expected.kind}`];
  const isLink = expected.kind === 'symbolic link';
  return [
    ...unlike('', `${found.size} bytes`, `${expected.size} bytes`),
    ...unlike('points to ', pathInWords(found.pointsTo), pathInWords(expected.pointsTo)),
    ...unlike('device ', `${found.device}`, `${expected.device}`),
    // The permissions of a symbolic link mean nothing, and nobody can set them.
    ...(isLink ? [] : unlike('mode ', modeInWords(found.mode), modeInWords(expected.mode))),
    ...unlike('owner ', `${found.uid}:${found.gid}`, `${expected.uid}:${expected.gid}`),
    ...(isSameTime(expected.mtimeNs, found.mtimeNs)
      ? []
      : unlike('changed at ', timeInWords(found.mtimeNs), timeInWords(expected.mtimeNs))),
  ];
}

function unlike(what: string, found: string, expected: string): string[] {
  return found === expected ? [] : [`${what}${found} instead of ${expected}`];
}

/** A time is the same where a coarser file system keeps it as well as it can. */
export function isSameTime(expected: bigint, found: bigint): boolean {
  return resolutions.some((unit) => found === floor(expected, unit));
}

function floor(time: bigint, unit: bigint): bigint {
  const part = ((time % unit) + unit) % unit;
  return time - part;
}
