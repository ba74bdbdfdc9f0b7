/**
 * Which files are read: those whose hash is low enough, whatever order they come in, so that nobody can foresee them who does
 * not know the seed, and the same seed chooses the same. Where that gives too few, the next lowest are taken too. Pure.
 */
import { hash } from 'node:crypto';

/** How to choose. */
export interface Choice {
  /** of all files; 100 for every one */
  readonly percent: number;
  /** as many at least, where there are as many */
  readonly minimumFiles: number;
  readonly seed: string;
}

interface Candidate<T> {
  readonly file: T;
  readonly value: number;
}

/** Takes files one by one. */
export class Sample<T extends { readonly path: string }> {
  readonly #choice: Choice;
  #taken = 0;
  /** the lowest of those not taken, in order; never more than could be needed */
  readonly #next: Candidate<T>[] = [];

  constructor(choice: Choice) {
    this.#choice = choice;
  }

  /** Whether to read the file now. One that is not may still be among `missing`. */
  takes(file: T): boolean {
    const { percent, seed } = this.#choice;
    const value = percent === 100 ? 0 : fractionOf(`${seed}\0${file.path}`);
    if (value * 100 < percent) {
      this.#taken += 1;
      return true;
    }
    this.#keep({ file, value });
    return false;
  }

  /** The files to read besides, once all were shown. */
  missing(): T[] {
    const count = Math.max(0, this.#choice.minimumFiles - this.#taken);
    return this.#next.slice(0, count).map(({ file }) => file);
  }

  #keep(candidate: Candidate<T>): void {
    const most = this.#choice.minimumFiles - this.#taken;
    const last = this.#next.at(-1);
    if (this.#next.length >= most && (last === undefined || last.value <= candidate.value)) return;
    const place = this.#next.findLastIndex(({ value }) => value <= candidate.value) + 1;
    this.#next.splice(place, 0, candidate);
    if (this.#next.length > most) this.#next.length = Math.max(0, most);
  }
}

/** From 0 up to 1, evenly spread. */
function fractionOf(text: string): number {
  return hash('sha256', text, 'buffer').readUInt32BE(0) / 2 ** 32;
}
