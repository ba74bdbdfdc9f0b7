/** Whether a target has room for a snapshot, asked before anything is written. Relies on statfs telling the truth. */
import { lstatSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { RunFailure } from '#contracts/mover/failure.ts';
import type { SnapshotEntry } from '../engine.ts';

/** Bytes that a user without privileges can still write there. */
export async function freeBytes(target: string): Promise<number> {
  const { bavail, bsize } = await statfs(target);
  return bavail * bsize;
}

/** Unit of `stat.blocks`, whatever the file system's own block is. */
const statBlock = 512;

/**
 * Adds up what a restore has to write. A file with several names counts once, and what lies in its place already is
 * given free by it. Holes of sparse files count too: a snapshot does not say where they are.
 */
export class SpaceNeeded {
  #bytes = 0;
  readonly #inodes = new Set<number>();

  get bytes(): number {
    return this.#bytes;
  }

  /** @param place the file that the entry becomes */
  add({ kind, size, inode }: SnapshotEntry, place: string): void {
    if (kind !== 'file') return;
    if (inode !== 0) {
      if (this.#inodes.has(inode)) return;
      this.#inodes.add(inode);
    }
    const there = lstatSync(place, { throwIfNoEntry: false });
    this.#bytes += Math.max(0, size - (there?.isFile() === true ? there.blocks * statBlock : 0));
  }
}

/** @throws RunFailure `NoSpace` with both figures */
export function refuseTooSmall(needed: number, free: number, target: string): void {
  if (needed <= free) return;
  const message = `${needed} bytes are to be written and ${target} has room for ${free}: restore into a larger volume`;
  throw new RunFailure('NoSpace', message);
}
