// Images of small static Go programs of ours, built once and kept in the cache under a digest of their source.
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheRoot, exists } from '../binaries/cache.ts';
import { withLock } from '../binaries/lock.ts';
import { run } from '../command.ts';
import type { OnProgress } from '../context.ts';
import { type ImageSpec, writeOciArchive } from './oci-archive.ts';

/** An image of one program. */
export interface GoImage extends Omit<ImageSpec, 'root' | 'entrypoint'> {
  /** Folder of the program's go.mod; the program needs nothing but Go's standard library. */
  readonly source: string;
  /** Name of the program; it lies at the image's root. */
  readonly program: string;
  /** Folders of the image that anybody may write to, such as `/data`. */
  readonly writableFolders?: readonly string[];
}

/** Changes whenever the archive would differ for another reason than the program's source. */
const layoutVersion = '1';

async function digestOf(image: GoImage): Promise<string> {
  const { source, ...rest } = image;
  const hash = createHash('sha256').update(JSON.stringify([layoutVersion, process.arch, rest]));
  const files = (await readdir(source)).filter((file) => file === 'go.mod' || file.endsWith('.go')).sort();
  for (const file of files) hash.update(file).update(await readFile(join(source, file)));
  return hash.digest('hex').slice(0, 12);
}

async function build(image: GoImage, archive: string): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'dokkerr-image-'));
  try {
    const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' };
    const args = ['build', '-trimpath', '-ldflags', '-s -w', '-o', join(root, image.program), '.'];
    await run('go', args, { cwd: image.source, env });
    for (const folder of image.writableFolders ?? []) {
      await mkdir(join(root, folder), { recursive: true });
      await chmod(join(root, folder), 0o777);
    }
    await chmod(root, 0o755);
    const { source: _source, program, writableFolders: _folders, ...spec } = image;
    await writeOciArchive({ ...spec, root, entrypoint: [`/${program}`] }, archive);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Resolves to the path of the image's OCI archive, building it first unless the cache has it. */
export async function ensureGoImage(image: GoImage, onProgress: OnProgress): Promise<string> {
  const folder = join(cacheRoot(), 'images');
  const archive = join(folder, `${image.program}-${await digestOf(image)}.tar`);
  if (await exists(archive)) return archive;
  await mkdir(folder, { recursive: true });
  await withLock(`${archive}.lock`, {}, async () => {
    if (await exists(archive)) return;
    onProgress(`building image ${image.name}`);
    await build(image, archive);
    onProgress(`image ${image.name} built`);
  });
  return archive;
}
