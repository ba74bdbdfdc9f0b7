/** What a source has before anything is read: an empty one is more often a volume that was not mounted than one to back up. */
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { RunFailure } from '#contracts/mover/failure.ts';
import { ownFolder } from './target/place.ts';

/**
 * Whether there is nothing but folders; ends at the first other thing. A folder that cannot be read counts as something.
 * @throws RunFailure when there is no such folder
 */
export async function isEmptySource(source: string): Promise<boolean> {
  try {
    return await hasOnlyFolders(source, new Set([ownFolder]));
  } catch (cause) {
    const message = `${source} cannot be read: is the volume mounted there?`;
    throw new RunFailure('SourceUnreadable', message, { cause });
  }
}

async function hasOnlyFolders(folder: string, passedOver: ReadonlySet<string>): Promise<boolean> {
  const inner: string[] = [];
  for await (const entry of await opendir(folder)) {
    if (!entry.isDirectory()) return false;
    if (!passedOver.has(entry.name)) inner.push(entry.name);
  }
  for (const name of inner) {
    const isEmpty = await hasOnlyFolders(join(folder, name), new Set()).catch(() => false);
    if (!isEmpty) return false;
  }
  return true;
}
