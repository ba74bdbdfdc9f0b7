/** The name of a run that was given none. Pure. */

/** Names of runs become parts of labels and of names of Jobs. */
const longest = 50;

/** `notes-20261123-013507`: what it is of, and when. */
export function nameOf(subject: string, now: Date): string {
  const at = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return `${subject.slice(0, longest - at.length - 1).replace(/[^a-z0-9]+$/, '')}-${at}`;
}
