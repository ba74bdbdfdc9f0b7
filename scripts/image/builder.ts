/** The two ways to run the project's Dockerfile: buildah without any daemon, and Docker where a daemon answers. */
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '#cluster/command.ts';
import type { OnProgress } from '#cluster/context.ts';
import { ensurePrograms } from '#cluster/host-packages.ts';
import { writeArchive } from './archive.ts';
import { ensureBase } from './base.ts';
import { type DebianPackage, installedPackages } from './dpkg.ts';
import { buildah, type Workplace } from './sandbox.ts';

/** One image to be. */
export interface BuildOrder {
  readonly dockerfile: string;
  /** Folder with the finished program in `program/`. */
  readonly context: string;
  readonly version: string;
  readonly revision: string;
  readonly names: readonly string[];
  readonly archive: string;
}

/** A way to build, with its base chosen. */
export interface Builder {
  /** What the base has installed; part of the image's identity. */
  readonly packages: readonly DebianPackage[];
  /** Lets the archive appear when it is whole. */
  build(order: BuildOrder, place: Workplace): Promise<void>;
}

const publicBase = 'debian:bookworm-slim';

/** Besides what every Debian machine has. */
const hostPrograms = {
  buildah: 'buildah',
  mmdebstrap: 'mmdebstrap',
  strip: 'binutils',
  setpriv: 'util-linux',
  unshare: 'util-linux',
  tar: 'tar',
};

/** Docker where its daemon answers, else buildah; `renewBase` fetches the base's packages of today. */
export async function chooseBuilder(onProgress: OnProgress, renewBase = false): Promise<Builder> {
  const hasDocker = await run('docker', ['version', '--format', '{{.Server.Version}}']).then(
    () => true,
    () => false,
  );
  return hasDocker ? dockerBuilder(renewBase) : buildahBuilder(onProgress, renewBase);
}

async function buildahBuilder(onProgress: OnProgress, renewBase: boolean): Promise<Builder> {
  if (process.platform !== 'linux' || process.geteuid?.() !== 0) {
    throw new Error('building the image without Docker needs Linux and root: use sudo, or start Docker');
  }
  await ensurePrograms(hostPrograms, onProgress);
  const base = await ensureBase(onProgress, renewBase);
  return {
    packages: base.packages,
    build: async (order, place) => {
      await buildah(place, ['pull', '--quiet', base.source]);
      const [name = ''] = order.names;
      const options = ['--quiet', '--isolation', 'chroot', '--pull-never', '--timestamp', '0', '--tag', name];
      await buildah(place, [
        'bud',
        ...options,
        ...buildArgs(order, { BASE: base.name, BUILDER: base.name }),
        order.context,
      ]);
      const layout = join(place.folder, 'layout');
      await mkdir(layout);
      await buildah(place, ['push', '--quiet', name, `oci:${layout}`]);
      await writeArchive(layout, order.names, order.archive);
    },
  };
}

/** The Dockerfile's own defaults name the bases. */
async function dockerBuilder(renewBase: boolean): Promise<Builder> {
  if (renewBase) await run('docker', ['pull', '--quiet', publicBase]);
  const status = await run('docker', ['run', '--rm', publicBase, 'cat', '/var/lib/dpkg/status']);
  return {
    packages: installedPackages(status),
    build: async (order, place) => {
      const tags = order.names.flatMap((name) => ['--tag', name]);
      await run('docker', ['build', ...tags, ...buildArgs(order), order.context]);
      const saved = join(place.folder, 'image.tar');
      await run('docker', ['save', '--output', saved, ...order.names]);
      await rename(saved, order.archive);
    },
  };
}

function buildArgs(
  { dockerfile, version, revision }: BuildOrder,
  bases: Readonly<Record<string, string>> = {},
): string[] {
  const values = { ...bases, VERSION: version, REVISION: revision };
  const args = Object.entries(values).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  return ['--file', dockerfile, ...args];
}
