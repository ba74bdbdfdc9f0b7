/** Which names are one file. Two trees have the same groups when every name's group began with the same name. */
import type { Entry } from './entry.ts';
import { pathInWords } from './words.ts';

/** Of a file with several names: the first of them, and how many are to come. */
interface Group {
  readonly first: string;
  left: number;
}

/** Of one tree. Forgets a file once all its names were seen, so that only those under way take memory. */
class Groups {
  readonly #groups = new Map<string, Group>();

  /** The first name of the file that this is a name of. */
  firstNameOf(path: string, { identity, links }: Entry): string {
    if (links <= 1) return path;
    const group = this.#groups.get(identity) ?? { first: path, left: links };
    group.left -= 1;
    if (group.left > 0) this.#groups.set(identity, group);
    else this.#groups.delete(identity);
    return group.first;
  }
}

/** Takes the files of both trees, name by name, in one order. */
export class HardLinks {
  readonly #expected = new Groups();
  readonly #found = new Groups();

  /** What differs, and whether the name is another one of a file that was there before. */
  add(path: string, expected: Entry, found: Entry): { readonly difference?: string; readonly isKnown: boolean } {
    const wanted = this.#expected.firstNameOf(path, expected);
    const there = this.#found.firstNameOf(path, found);
    if (wanted === there) return { isKnown: wanted !== path };
    const own = (first: string) => (first === path ? 'a file of its own' : `one file with ${pathInWords(first)}`);
    return { difference: `${own(there)} instead of ${own(wanted)}`, isKnown: false };
  }
}
