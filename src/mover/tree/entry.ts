/**
 * One thing in a folder, with everything about it that a move has to keep. Paths are the bytes the file system has, each as one
 * character (Latin-1), so that names which are no UTF-8 are themselves and compare in the order of their bytes.
 */
import { type BigIntStats, lstatSync, readdirSync, readlinkSync } from 'node:fs';

export type EntryKind =
  | 'file'
  | 'folder'
  | 'symbolic link'
  | 'FIFO'
  | 'socket'
  | 'character device'
  | 'block device'
  | 'thing of no known kind';

/** What an entry has to be; what is not known of it is absent. */
export interface Expected {
  readonly kind: EntryKind;
  /** bytes of a file; 0 for everything else */
  readonly size: number;
  /** permission bits, with setuid, setgid and sticky */
  readonly mode?: number;
  readonly owner?: Owner;
  /** last change, nanoseconds since 1970 */
  readonly mtimeNs?: bigint;
  /** what a symbolic link points to, its bytes as Latin-1; empty for everything else */
  readonly pointsTo?: string;
  /** number of a device; 0 for everything else */
  readonly device?: bigint;
}

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** As `lstat` tells it. */
export interface Entry extends Required<Expected> {
  /** the same for all names of one file */
  readonly identity: string;
  /** how many names it has */
  readonly links: number;
}

/** The path as the system takes it. */
export function bytesOf(path: string): Buffer {
  return Buffer.from(path, 'latin1');
}

/**
 * The entry at that path; undefined where there is none. Waits for the answer: most are in the kernel's memory once their
 * folder was listed, and to ask for them beside the program takes twice the time.
 */
export function entryAt(path: string): Entry | undefined {
  const stats = lstatSync(bytesOf(path), { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  const kind = kindOf(stats);
  const isDevice = kind === 'character device' || kind === 'block device';
  return {
    kind,
    mode: Number(stats.mode & 0o7777n),
    owner: { uid: Number(stats.uid), gid: Number(stats.gid) },
    size: kind === 'file' ? Number(stats.size) : 0,
    mtimeNs: stats.mtimeNs,
    pointsTo: kind === 'symbolic link' ? readlinkSync(bytesOf(path), { encoding: 'latin1' }) : '',
    device: isDevice ? stats.rdev : 0n,
    identity: `${stats.dev}:${stats.ino}`,
    links: Number(stats.nlink),
  };
}

/** What is in a folder, in the order of the names' bytes. */
export function namesIn(folder: string): string[] {
  return readdirSync(bytesOf(folder), { encoding: 'latin1' }).sort();
}

function kindOf(stats: BigIntStats): EntryKind {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  if (stats.isSymbolicLink()) return 'symbolic link';
  if (stats.isFIFO()) return 'FIFO';
  if (stats.isSocket()) return 'socket';
  if (stats.isCharacterDevice()) return 'character device';
  return stats.isBlockDevice() ? 'block device' : 'thing of no known kind';
}
