/**
 * The ready keys, first come first served within a priority. Doubly linked lists, because an entry raised from one lane
 * to another must leave the first in O(1) and without a trace.
 */
import type { Priority } from './types.ts';

/** An entry's neighbours in its lane; `lane` is undefined while it is in none. Kept by the lanes. */
export interface Linked<T> {
  lane: Priority | undefined;
  previous: T | undefined;
  next: T | undefined;
}

/**
 * While both lanes hold keys, every eighth is taken from the low one: live changes come first, and yet a steady stream
 * of them cannot starve the first list.
 */
const NORMAL_PER_LOW = 7;

interface Lane<T> {
  first: T | undefined;
  last: T | undefined;
  size: number;
}

export class Lanes<T extends Linked<T>> {
  readonly #lanes: Record<Priority, Lane<T>> = {
    normal: { first: undefined, last: undefined, size: 0 },
    low: { first: undefined, last: undefined, size: 0 },
  };
  #normalInARow = 0;

  get size(): number {
    return this.#lanes.normal.size + this.#lanes.low.size;
  }

  sizeOf(priority: Priority): number {
    return this.#lanes[priority].size;
  }

  push(entry: T, priority: Priority): void {
    const lane = this.#lanes[priority];
    entry.lane = priority;
    entry.previous = lane.last;
    entry.next = undefined;
    if (lane.last === undefined) lane.first = entry;
    else lane.last.next = entry;
    lane.last = entry;
    lane.size++;
  }

  remove(entry: T): void {
    if (entry.lane === undefined) return;
    const lane = this.#lanes[entry.lane];
    if (entry.previous === undefined) lane.first = entry.next;
    else entry.previous.next = entry.next;
    if (entry.next === undefined) lane.last = entry.previous;
    else entry.next.previous = entry.previous;
    lane.size--;
    entry.lane = undefined;
    entry.previous = undefined;
    entry.next = undefined;
  }

  shift(): T | undefined {
    const { normal, low } = this.#lanes;
    const lowsTurn = normal.first === undefined || (low.first !== undefined && this.#normalInARow >= NORMAL_PER_LOW);
    this.#normalInARow = lowsTurn ? 0 : this.#normalInARow + 1;
    const entry = lowsTurn ? low.first : normal.first;
    if (entry !== undefined) this.remove(entry);
    return entry;
  }
}
