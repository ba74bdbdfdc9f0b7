/**
 * Compares what lies in a target with what the engine lists of a snapshot: kind, size, permissions, times and owner of each
 * entry. Reads no content. Whose owner is another is counted apart: only root can give files to somebody.
 */
import type { SnapshotEntry } from '../engine.ts';
import { differencesOf } from '../tree/difference.ts';
import { entryAt } from '../tree/entry.ts';

/** How many differences are named. */
const named = 20;

/** Takes the entries of a snapshot one by one. */
export class Comparison {
  expected = 0;
  found = 0;
  mismatches = 0;
  /** the first of them, with what differs */
  readonly mismatched: string[] = [];
  /** entries that belong to somebody else than in the snapshot */
  disowned = 0;
  /** the first of them */
  firstDisowned = '';

  /** @param place the file that the entry was to become */
  add(entry: SnapshotEntry, place: string): void {
    // The name's bytes are not known, so it cannot be looked up; the engine reported if it could not write it.
    if (entry.path.includes('\uFFFD')) return;
    this.expected += 1;
    const there = entryAt(Buffer.from(place).toString('latin1'));
    const { owner, others } = there === undefined ? { others: ['not there'] } : differencesOf(entry, there);
    if (owner !== undefined) {
      this.disowned += 1;
      if (this.disowned === 1) this.firstDisowned = `${place}: ${owner}`;
    }
    if (others.length === 0) {
      this.found += 1;
      return;
    }
    this.mismatches += 1;
    if (this.mismatched.length < named) this.mismatched.push(`${place}: ${others.join(', ')}`);
  }
}
