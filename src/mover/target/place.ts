/** Where the entries of a snapshot come to lie: a folder of the snapshot becomes the target's root. */
import { join } from 'node:path';
import { RunFailure } from '#contracts/mover/failure.ts';
import type { MoverSnapshot } from '#contracts/mover/result.ts';

/**
 * The folder of the snapshot to restore: `wanted` where the snapshot was made of it, otherwise the snapshot's only path.
 * @throws RunFailure when neither is there
 */
export function folderToRestore({ id, paths }: MoverSnapshot, wanted: string): string {
  if (paths.length > 0 && paths.every((path) => isWithin(path, wanted))) return wanted;
  const [only] = paths;
  if (only !== undefined && paths.length === 1) return only;
  const message = `snapshot ${id} has no ${wanted} but ${paths.join(', ')}: say which of them to restore`;
  throw new RunFailure('SnapshotMissing', message);
}

/** What file systems keep at their root themselves: nobody's data, and for none but root to read. */
export const ownFolder = 'lost+found';

/**
 * The file that an entry becomes; undefined for what is not under the folder, for the folder itself, and for what is the file
 * system's own there.
 */
export function placeOf(entryPath: string, folder: string, target: string): string | undefined {
  if (entryPath === folder || !isWithin(entryPath, folder)) return undefined;
  if (isWithin(entryPath, join(folder, ownFolder))) return undefined;
  return join(target, folder === '/' ? entryPath : entryPath.slice(folder.length));
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}
