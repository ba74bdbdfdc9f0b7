// The image of the object store that runs as a pod where a test needs one inside its cluster: `test/fixtures/minio-pod.ts`.
import { chmod, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { cacheRoot, exists } from '../binaries/cache.ts';
import { ensureBinaries } from '../binaries/ensure.ts';
import { withLock } from '../binaries/lock.ts';
import type { OnProgress } from '../context.ts';
import { writeOciArchive } from './oci-archive.ts';

/** Name of the image. */
export const minioImage = 'localhost/minio:test';

/** Resolves to the path of its OCI archive: the program alone, run as user 65532, its data in `/data`. */
export async function ensureMinioImage(onProgress: OnProgress = () => undefined): Promise<string> {
  const { minio } = await ensureBinaries(['minio'], { onProgress });
  // The group's folder is named after everything the program depends on.
  const archive = join(cacheRoot(), 'images', `${basename(dirname(minio))}.tar`);
  if (await exists(archive)) return archive;
  await mkdir(dirname(archive), { recursive: true });
  await withLock(`${archive}.lock`, {}, async () => {
    if (await exists(archive)) return;
    const root = await mkdtemp(join(tmpdir(), 'dokkerr-image-'));
    try {
      await chmod(root, 0o755);
      await copyFile(minio, join(root, 'minio'));
      await mkdir(join(root, 'data'));
      await writeOciArchive(
        { name: minioImage, root, entrypoint: ['/minio'], user: '65532:65532', exposedPorts: ['9000/tcp'] },
        archive,
      );
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
  return archive;
}
