/**
 * Turns the OCI layout that buildah pushed into one archive that carries every name of the image and is the same to the
 * byte for the same image. Layout: https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '#cluster/command.ts';

interface Descriptor {
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Index {
  readonly manifests: readonly Descriptor[];
}

/** The index with its one image listed under each name. */
export function withNames(index: Index, names: readonly string[]): Index {
  const [image] = index.manifests;
  if (image === undefined || index.manifests.length > 1) throw new Error('the layout must hold one image');
  const manifests = names.map((name) => ({
    ...image,
    annotations: {
      // containerd names the image by the first, other tools take the tag from the second.
      'io.containerd.image.name': name,
      'org.opencontainers.image.ref.name': name.slice(name.lastIndexOf(':') + 1),
    },
  }));
  return { ...index, manifests };
}

/** Resolves to the layers of the layout's one image, the base's first. */
export async function readLayers(layout: string): Promise<readonly Descriptor[]> {
  const index = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8')) as Index;
  const manifest = await readFile(blobPath(layout, index.manifests[0]?.digest ?? ''), 'utf8');
  return (JSON.parse(manifest) as { layers: Descriptor[] }).layers;
}

/** Writes the archive beside the layout first and renames it, so that it is whole or absent. */
export async function writeArchive(layout: string, names: readonly string[], archive: string): Promise<void> {
  const file = join(layout, 'index.json');
  const index = JSON.parse(await readFile(file, 'utf8')) as Index;
  await writeFile(file, JSON.stringify(withNames(index, names)));
  const reproducible = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--format=gnu'];
  await run('tar', ['--create', ...reproducible, '--file', `${layout}.tar`, '--directory', layout, '.']);
  await rename(`${layout}.tar`, archive);
}

function blobPath(layout: string, digest: string): string {
  return join(layout, 'blobs', ...digest.split(':'));
}
