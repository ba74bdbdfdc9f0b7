/** Files read side by side, a few at a time: what a slow disk answers late is waited for together, and memory stays bounded. */
import { compareContent, newPortions, type Portions } from './content.ts';
import { codeOf, placeOf } from './walk.ts';

/** Files read at a time; each in two trees, which keeps the program's four threads for files busy. */
const atOnce = 4;

/** A file to read. */
export interface SameSize {
  readonly path: string;
  /** bytes, in both trees */
  readonly size: number;
}

/** What readers work on. */
export interface ReadersSetup {
  readonly source: string;
  readonly target: string;
  /** takes the files that are not the same, with what is wrong with them */
  readonly onDifference: (path: string, difference: string) => void;
  /** when it aborts, files are left as they are */
  readonly signal: AbortSignal;
}

export class Readers {
  /** bytes of content that were read of each tree */
  bytes = 0;
  files = 0;
  readonly #setup: ReadersSetup;
  readonly #free: Portions[] = Array.from({ length: atOnce }, newPortions);
  readonly #reading = new Set<Promise<void>>();

  constructor(setup: ReadersSetup) {
    this.#setup = setup;
  }

  /** Resolves once the file is being read. */
  async begin(file: SameSize): Promise<void> {
    let portions = this.#free.pop();
    while (portions === undefined) {
      await Promise.race(this.#reading);
      portions = this.#free.pop();
    }
    const reading = this.#read(file, portions);
    this.#reading.add(reading);
    void reading.then(() => this.#reading.delete(reading));
  }

  /** Resolves once every file that was begun has been read. */
  async end(): Promise<void> {
    await Promise.all(this.#reading);
  }

  async #read({ path, size }: SameSize, portions: Portions): Promise<void> {
    const { source, target, onDifference, signal } = this.#setup;
    try {
      const places = [placeOf(source, path), placeOf(target, path)] as const;
      const differsAt = await compareContent(...places, size, portions, (bytes) => {
        this.bytes += bytes;
        signal.throwIfAborted();
      });
      this.files += 1;
      if (differsAt !== undefined) onDifference(path, `other content from byte ${differsAt}`);
    } catch (error) {
      if (!signal.aborted) onDifference(path, `cannot be read (${codeOf(error)})`);
    } finally {
      this.#free.push(portions);
    }
  }
}
