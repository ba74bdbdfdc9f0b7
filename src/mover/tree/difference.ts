/** In what two entries of one name differ, said in words. Pure. */
import type { Entry, Expected } from './entry.ts';
import { modeInWords, ownerInWords, pathInWords, timeInWords } from './words.ts';

/** Units in which file systems keep times, nanoseconds: NTFS and SMB 100 ns, others micro-, milliseconds, seconds, FAT two. */
const resolutions = [1n, 100n, 1_000n, 1_000_000n, 1_000_000_000n, 2_000_000_000n];

/** In what an entry differs. */
export interface Differences {
  /** whom it belongs to: what only root can set */
  readonly owner?: string;
  /** everything else; whether the content is the same is not looked at */
  readonly others: readonly string[];
}

export function differencesOf(expected: Expected, found: Entry): Differences {
  if (found.kind !== expected.kind) return { others: [`a ${found.kind} instead of a ${expected.kind}`] };
  const { kind, size, mode, owner, pointsTo, device, mtimeNs } = expected;
  const foundOwner = ownerInWords(found.owner);
  const expectedOwner = owner === undefined ? foundOwner : ownerInWords(owner);
  return {
    ...(foundOwner === expectedOwner ? {} : { owner: `owner ${foundOwner} instead of ${expectedOwner}` }),
    others: [
      ...unlike('', found.size, size, (bytes) => `${bytes} bytes`),
      ...unlike('points to ', found.pointsTo, pointsTo, pathInWords),
      ...unlike('device ', found.device, device, String),
      // The permissions of a symbolic link mean nothing, and nobody can set them.
      ...(kind === 'symbolic link' ? [] : unlike('mode ', found.mode, mode, modeInWords)),
      ...(mtimeNs === undefined || isSameTime(mtimeNs, found.mtimeNs)
        ? []
        : unlike('changed at ', found.mtimeNs, mtimeNs, timeInWords)),
    ],
  };
}

function unlike<T>(what: string, found: T, expected: T | undefined, inWords: (value: T) => string): string[] {
  if (expected === undefined || found === expected) return [];
  return [`${what}${inWords(found)} instead of ${inWords(expected)}`];
}

/** A time is the same where a coarser file system keeps it as well as it can. */
export function isSameTime(expected: bigint, found: bigint): boolean {
  return resolutions.some((unit) => found === floor(expected, unit));
}

function floor(time: bigint, unit: bigint): bigint {
  const part = ((time % unit) + unit) % unit;
  return time - part;
}
