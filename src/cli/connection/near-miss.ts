/** The name that was probably meant. Pure. */

/** The nearest of `names`, if it is near: a third of the letters may differ, and two of four, which is a swap. */
export function nearMiss(wanted: string, names: readonly string[]): string | undefined {
  const allowed = wanted.length < 4 ? 1 : Math.max(2, Math.floor(wanted.length / 3));
  const ranked = names
    .map((name) => ({ name, distance: isPart(wanted, name) ? 1 : editDistance(wanted, name) }))
    .filter(({ distance }) => distance <= allowed)
    .toSorted((a, b) => a.distance - b.distance || a.name.localeCompare(b.name));
  return ranked[0]?.name;
}

/** `notes` for `notes-20261123-013507`: the beginning was written and the rest was not. */
function isPart(wanted: string, name: string): boolean {
  return wanted.length >= 3 && name.startsWith(wanted);
}

/** Levenshtein's: how many letters are to be changed, left out or put in. */
export function editDistance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [row, letter] of from.split('').entries()) {
    const line = [row + 1];
    for (const [column, other] of to.split('').entries()) {
      const replaced = (above[column] ?? 0) + (letter === other ? 0 : 1);
      line.push(Math.min(replaced, (above[column + 1] ?? 0) + 1, (line[column] ?? 0) + 1));
    }
    above = line;
  }
  return above[to.length] ?? 0;
}
