/**
 * Movers that were just made and that the cache does not show yet: passes over several runs go on side by side, and each has
 * to count what the others have made a moment ago. Only the process that leads makes movers, so that its memory will do.
 */

/** Milliseconds after which a Job is in the cache, or will not come. */
const longestLag = 10_000;

export class Reservations {
  readonly #made = new Map<string, { readonly group: string; readonly at: number }>();

  /** @param name unique among all; @param group what is counted together */
  add(name: string, group: string, now: Date): void {
    this.#made.set(name, { group, at: now.getTime() });
  }

  remove(name: string): void {
    this.#made.delete(name);
  }

  /** How many of the group are on their way still. */
  count(group: string, isSeen: (name: string) => boolean, now: Date): number {
    for (const [name, { at }] of this.#made) {
      if (isSeen(name) || now.getTime() - at > longestLag) this.#made.delete(name);
    }
    return [...this.#made.values()].filter((one) => one.group === group).length;
  }
}
