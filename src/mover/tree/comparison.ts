/** Counts what is the same in two folders, and names what is not. */
import { type AttributeReader, attributeDifferences } from './attributes.ts';
import { differencesOf } from './difference.ts';
import { HardLinks } from './hard-links.ts';
import type { SameSize } from './readers.ts';
import { type Obstacle, type Pair, placeOf } from './walk.ts';
import { pathInWords } from './words.ts';

/** How many differences are named. */
const named = 20;

/** What is compared. */
interface Roots {
  readonly source: string;
  readonly target: string;
  /** absent where they cannot be read */
  readonly attributes: AttributeReader | undefined;
}

export class Comparison {
  /** names in the source */
  expected = 0;
  /** those that are the same in the target */
  found = 0;
  mismatches = 0;
  /** those that belong to somebody else */
  owners = 0;
  /** the first of them */
  readonly mismatched: string[] = [];
  /**
   * In what the folders themselves differ, in words. That is no mismatch: whoever mounts a volume sets it up, and when it was
   * changed last is nobody's.
   */
  root: string | undefined;
  readonly #roots: Roots;
  readonly #hardLinks = new HardLinks();

  constructor(roots: Roots) {
    this.#roots = roots;
  }

  /** @returns the file whose content remains to be read, where it is one that is the same as far as was looked */
  add(pair: Pair | Obstacle): SameSize | undefined {
    if ('obstacle' in pair) {
      this.#tell(pair.path, pair.obstacle);
      return undefined;
    }
    const { path, source, target } = pair;
    if (source === undefined) {
      if (target !== undefined) this.#tell(path, `a ${target.kind} that the source does not have`);
      return undefined;
    }
    // It is nothing without the program that listened, which makes another when it starts: no engine keeps any.
    if (source.kind === 'socket' && (target === undefined || target.kind === 'socket')) return undefined;
    this.expected += 1;
    if (target === undefined) {
      this.#tell(path, source.kind === 'folder' ? 'not there, with all that is in it' : 'not there');
      return undefined;
    }
    const { owner, others } = differencesOf(source, path === '' ? { ...target, mtimeNs: source.mtimeNs } : target);
    const differences = [...others, ...(owner === undefined ? [] : [owner]), ...this.#attributesOf(path)];
    if (path === '') {
      this.found += 1;
      if (differences.length > 0) this.root = differences.join(', ');
      return undefined;
    }
    if (owner !== undefined) this.owners += 1;
    const areFiles = source.kind === 'file' && target.kind === 'file';
    const links = areFiles ? this.#hardLinks.add(path, source, target) : { isKnown: false };
    if (links.difference !== undefined) differences.push(links.difference);
    if (differences.length > 0) {
      this.#tell(path, differences.join(', '));
      return undefined;
    }
    this.found += 1;
    return areFiles && source.size > 0 && !links.isKnown ? { path, size: source.size } : undefined;
  }

  /** Takes back that it was found: its content is another. */
  differs(path: string, difference: string): void {
    this.found -= 1;
    this.#tell(path, difference);
  }

  #attributesOf(path: string): string[] {
    const { source, target, attributes } = this.#roots;
    if (attributes === undefined) return [];
    return attributeDifferences(attributes(placeOf(source, path)), attributes(placeOf(target, path)));
  }

  #tell(path: string, difference: string): void {
    this.mismatches += 1;
    if (this.mismatched.length < named) this.mismatched.push(`${pathInWords(path)}: ${difference}`);
  }
}
