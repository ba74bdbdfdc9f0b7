/**
 * The base image where no registry can be had: Debian as `debian:bookworm-slim` has it, with certificates, time zones and
 * what Node links to, made from the packages by mmdebstrap and kept in the cache as an OCI archive. Relies on `sandbox.ts`.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheRoot, goArch } from '#cluster/binaries/cache.ts';
import { run } from '#cluster/command.ts';
import type { OnProgress } from '#cluster/context.ts';
import { type DebianPackage, installedPackages } from './dpkg.ts';
import { buildah, runSandboxed } from './sandbox.ts';
import { makeOnce } from './workplace.ts';

/** A base image in the cache. */
export interface BaseImage {
  /** As a Dockerfile's `FROM` names it. */
  readonly name: string;
  /** How buildah finds it: `oci-archive:<file>`. */
  readonly source: string;
  readonly packages: readonly DebianPackage[];
}

const name = 'localhost/debian:base';
const suite = 'bookworm';

/** Nobody reads manuals or translations in a container, and licences stay: what Debian's slim images do too. */
const unread = ['man', 'info', 'locale', 'doc'].map((folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`);
const recipe = [
  '--quiet',
  '--variant=minbase',
  '--include=ca-certificates,libatomic1,tzdata',
  '--aptopt=APT::Install-Recommends "false"',
  ...unread,
  '--dpkgopt=path-include=/usr/share/doc/*/copyright',
  suite,
];

/** Resolves once the base is in the cache; `renew` makes it anew from the packages of today. */
export async function ensureBase(onProgress: OnProgress, renew = false): Promise<BaseImage> {
  const key = createHash('sha256')
    .update(JSON.stringify([recipe, goArch()]))
    .digest('hex')
    .slice(0, 12);
  const folder = join(cacheRoot(), 'images', `debian-${suite}-${key}`);
  if (renew) await rm(folder, { recursive: true, force: true });
  await makeOnce(folder, async (place) => {
    onProgress(`base image: installing Debian ${suite} (about 20 s on an idle machine)`);
    const tree = join(place.folder, 'base.tar');
    await runSandboxed(place, 'mmdebstrap', [...recipe, tree]);
    const status = await run('tar', ['--extract', '--to-stdout', '--file', tree, './var/lib/dpkg/status']);
    const container = (await buildah(place, ['from', 'scratch'])).trim();
    await buildah(place, ['add', '--quiet', container, tree, '/']);
    await buildah(place, ['commit', '--quiet', '--timestamp', '0', container, name]);
    const whole = join(place.folder, 'whole');
    await mkdir(whole);
    await writeFile(join(whole, 'packages.json'), JSON.stringify(installedPackages(status)));
    await buildah(place, ['push', '--quiet', name, `oci-archive:${join(whole, 'image.tar')}:${name}`]);
    await rename(whole, folder);
    onProgress('base image made');
  });
  const packages = JSON.parse(await readFile(join(folder, 'packages.json'), 'utf8')) as DebianPackage[];
  return { name, source: `oci-archive:${join(folder, 'image.tar')}`, packages };
}
