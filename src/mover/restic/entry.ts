/** What restic lists of one thing in a snapshot, as an entry. Pure. */
import type { SnapshotEntry } from '../engine.ts';
import type { EntryKind } from '../tree/entry.ts';
import type { NodeMessage } from './messages.ts';

const kinds: Readonly<Record<string, EntryKind>> = {
  file: 'file',
  dir: 'folder',
  symlink: 'symbolic link',
  fifo: 'FIFO',
  socket: 'socket',
  chardev: 'character device',
  dev: 'block device',
};

/** Where Go keeps the bits beyond the nine of `rwxrwxrwx`, and where the system does. */
const specialBits: readonly (readonly [number, number])[] = [
  [1 << 23, 0o4000],
  [1 << 22, 0o2000],
  [1 << 20, 0o1000],
];

export function snapshotEntry({ path, type, size, inode, mode, uid, gid, mtime }: NodeMessage): SnapshotEntry {
  const mtimeNs = mtime === undefined ? undefined : nanosecondsOf(mtime);
  return {
    path,
    kind: kinds[type] ?? 'thing of no known kind',
    size: type === 'file' ? size : 0,
    inode,
    ...(mode === undefined ? {} : { mode: permissionsOf(mode) }),
    ...(uid === undefined || gid === undefined ? {} : { owner: { uid, gid } }),
    ...(mtimeNs === undefined ? {} : { mtimeNs }),
  };
}

function permissionsOf(mode: number): number {
  return specialBits.reduce((bits, [go, ours]) => ((mode & go) === 0 ? bits : bits | ours), mode & 0o777);
}

/** Of a time as Go writes it; undefined for what is none. */
export function nanosecondsOf(time: string): bigint | undefined {
  const [, whole = '', fraction = '', zone = ''] = /^([^.Z+]*?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(time) ?? [];
  const milliseconds = Date.parse(`${whole}${zone}`);
  if (Number.isNaN(milliseconds)) return undefined;
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9));
}
