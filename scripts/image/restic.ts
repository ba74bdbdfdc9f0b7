/** The engine of backups as the image has it: restic's program of the version that is tested, and its licence. */
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { catalog } from '#cluster/binaries/catalog.ts';
import { ensureBinaries } from '#cluster/binaries/ensure.ts';
import type { OnProgress } from '#cluster/context.ts';

/** Released version with its `v`. */
export const resticVersion = catalog.restic.version;

/** Lays out `usr/local/bin/restic` and its licence below `root`; the program comes from the cache, is downloaded or built. */
export async function layOutRestic(root: string, onProgress: OnProgress): Promise<void> {
  const { restic } = await ensureBinaries(['restic'], { onProgress });
  const bin = join(root, 'usr/local/bin');
  const documents = join(root, 'usr/local/share/doc/restic');
  await Promise.all([bin, documents].map((folder) => mkdir(folder, { recursive: true })));
  await Promise.all([
    copyFile(restic, join(bin, 'restic')),
    copyFile(join(import.meta.dirname, 'restic-licence.txt'), join(documents, 'LICENSE')),
  ]);
}
