/** Compares what lies in a target with what a snapshot has: kind and size of each file. Reads no content. */
import { lstatSync, type Stats } from 'node:fs';
import type { SnapshotEntry } from '../engine.ts';

/** How many differences are named. */
const named = 20;

/** Takes the entries of a snapshot one by one. */
export class Comparison {
  expected = 0;
  found = 0;
  mismatches = 0;
  /** the first of them, with what differs */
  readonly mismatched: string[] = [];

  /** @param place the file that the entry was to become */
  add(entry: SnapshotEntry, place: string): void {
    // The name's bytes are not known, so it cannot be looked up; the engine reported if it could not write it.
    if (entry.path.includes('\uFFFD')) return;
    this.expected += 1;
    const difference = differenceOf(entry, lstatSync(place, { throwIfNoEntry: false }));
    if (difference === undefined) {
      this.found += 1;
      return;
    }
    this.mismatches += 1;
    if (this.mismatched.length < named) this.mismatched.push(`${place}: ${difference}`);
  }
}

function differenceOf({ type, size }: SnapshotEntry, there: Stats | undefined): string | undefined {
  if (there === undefined) return 'not there';
  const kind = there.isFile() ? 'file' : there.isDirectory() ? 'dir' : there.isSymbolicLink() ? 'symlink' : 'other';
  if (kind !== type) return `a ${kind} instead of a ${type}`;
  return type === 'file' && there.size !== size ? `${there.size} bytes instead of ${size}` : undefined;
}
