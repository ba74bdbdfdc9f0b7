// Writes an OCI image archive around files that need nothing else: one layer, no registry and no image builder. Relies
// on GNU tar, told to leave out owners and times so that the same files always give the same image.
// Layout: https://github.com/opencontainers/image-spec/blob/main/image-layout.md
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { goArch } from '../binaries/cache.ts';
import { run } from '../command.ts';

/** An image to be. */
export interface ImageSpec {
  /** With a tag: `localhost/notes:1.0`. */
  readonly name: string;
  /** Folder whose content becomes the image's root. */
  readonly root: string;
  readonly entrypoint: readonly string[];
  /** `uid:gid` */
  readonly user?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly exposedPorts?: readonly string[];
  /** what a container is told to end by; SIGTERM when absent */
  readonly stopSignal?: NodeJS.Signals;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** The image's configuration, manifest and index as JSON texts, for a layer of that digest. */
export function imageDocuments(spec: ImageSpec, layer: Descriptor, architecture: string) {
  const config = JSON.stringify({
    architecture,
    os: 'linux',
    config: {
      Entrypoint: spec.entrypoint,
      ...(spec.user ? { User: spec.user } : {}),
      ...(spec.env ? { Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`) } : {}),
      ...(spec.stopSignal ? { StopSignal: spec.stopSignal } : {}),
      ...(spec.exposedPorts ? { ExposedPorts: Object.fromEntries(spec.exposedPorts.map((port) => [port, {}])) } : {}),
    },
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: describe('application/vnd.oci.image.config.v1+json', config),
    layers: [layer],
  });
  const index = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      {
        ...describe('application/vnd.oci.image.manifest.v1+json', manifest),
        platform: { architecture, os: 'linux' },
        annotations: {
          // containerd names the image by the first, other tools take the tag from the second.
          'io.containerd.image.name': spec.name,
          'org.opencontainers.image.ref.name': spec.name.slice(spec.name.lastIndexOf(':') + 1),
        },
      },
    ],
  });
  return { config, manifest, index };
}

function describe(mediaType: string, content: string | Buffer): Descriptor {
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  return { mediaType, digest, size: Buffer.byteLength(content) };
}

async function tar(folder: string, archive: string): Promise<void> {
  const reproducible = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--format=gnu'];
  await run('tar', ['--create', ...reproducible, '--file', archive, '--directory', folder, '.']);
}

/** Writes the archive; it appears under its name only when it is whole. */
export async function writeOciArchive(spec: ImageSpec, archive: string): Promise<void> {
  await mkdir(dirname(archive), { recursive: true });
  const work = await mkdtemp(`${archive}.`);
  try {
    const image = join(work, 'image');
    const blobs = join(image, 'blobs/sha256');
    await mkdir(blobs, { recursive: true });
    const layerFile = join(work, 'layer.tar');
    await tar(spec.root, layerFile);
    const layer = describe('application/vnd.oci.image.layer.v1.tar', await readFile(layerFile));
    const { config, manifest, index } = imageDocuments(spec, layer, goArch());
    const blob = (digest: string) => join(blobs, digest.slice('sha256:'.length));
    await Promise.all([
      rename(layerFile, blob(layer.digest)),
      ...[config, manifest].map((content) => writeFile(blob(describe('', content).digest), content)),
      writeFile(join(image, 'index.json'), index),
      writeFile(join(image, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' })),
    ]);
    await tar(image, join(work, 'image.tar'));
    await rename(join(work, 'image.tar'), archive);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
