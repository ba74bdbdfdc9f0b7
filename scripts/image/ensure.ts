/**
 * The operator's image as tests, the demo and `npm run image` ask for it: from the cache when nothing it is made of has
 * changed, else built by the project's Dockerfile.
 */
import { readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { cacheRoot, goArch } from '#cluster/binaries/cache.ts';
import type { OnProgress } from '#cluster/context.ts';
import { layOutProgram } from '#scripts/bundle.ts';
import { chooseBuilder } from './builder.ts';
import { digestInputs, imageNames, type Revision, readRevision } from './inputs.ts';
import { layOutRestic, resticVersion } from './restic.ts';
import { expired, type Used } from './retention.ts';
import { imageSbom, npmSbom } from './sbom.ts';
import { makeOnce } from './workplace.ts';

/** A built image. */
export interface OperatorImage {
  /** Path of its OCI archive, which carries all names. */
  readonly archive: string;
  /** `localhost/dokkerr:<version>` */
  readonly image: string;
  /** Every name, `image` first. */
  readonly names: readonly string[];
  /** Path of its bill of materials, CycloneDX JSON. */
  readonly sbom: string;
}

export interface EnsureOptions {
  /** Fetch the base's packages of today. */
  readonly renewBase?: boolean;
}

const checkout = resolve(import.meta.dirname, '../..');

interface PackageFile {
  readonly version: string;
  readonly engines: { readonly node: string };
}

/** Resolves to the image of this checkout, building it first unless the cache has it. */
export async function ensureOperatorImage(
  onProgress: OnProgress = () => undefined,
  options: EnsureOptions = {},
): Promise<OperatorImage> {
  const [builder, revision, packageText] = await Promise.all([
    chooseBuilder(onProgress, options.renewBase),
    readRevision(checkout),
    readFile(join(checkout, 'package.json'), 'utf8'),
  ]);
  const { version, engines } = JSON.parse(packageText) as PackageFile;
  const digest = await digestInputs(checkout, [revision.id, goArch(), JSON.stringify(builder.packages)]);
  const names = imageNames(version, revision.id === 'unknown' ? digest.slice(0, 12) : revision.id);
  const stem = join(cacheRoot(), 'images', `dokkerr-${digest.slice(0, 12)}`);
  const made = { archive: `${stem}.tar`, image: names[0], names, sbom: `${stem}.cdx.json` };
  await makeOnce(made.archive, async (place) => {
    const started = performance.now();
    onProgress(`building image ${names[1]}`);
    const context = join(place.folder, 'context');
    const { packages } = builder;
    const subject = { digest, ...committedAt(revision), nodeVersion: engines.node, resticVersion, packages };
    const program = join(context, 'program');
    const [sbom] = await Promise.all([npmSbom(checkout), layOutProgram(program), layOutRestic(program, onProgress)]);
    await writeFile(join(place.folder, 'sbom'), `${JSON.stringify(imageSbom(sbom, subject), undefined, 2)}\n`);
    await rename(join(place.folder, 'sbom'), made.sbom);
    const dockerfile = join(checkout, 'Dockerfile');
    await builder.build({ dockerfile, context, version, revision: revision.id, names, archive: made.archive }, place);
    onProgress(`image built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  });
  await remember(made.archive);
  return made;
}

function committedAt(revision: Revision): { committedAt?: string } {
  return revision.committedAt === undefined ? {} : { committedAt: revision.committedAt };
}

/** How many images are kept in any case. */
const keptArchives = 4;

/** Notes that the archive was used, and removes others that nobody used lately and what killed builds left. */
async function remember(archive: string): Promise<void> {
  const now = new Date();
  await utimes(archive, now, now);
  const cache = dirname(archive);
  for (const path of expired(await entriesOf(cache, /^dokkerr-[0-9a-f]{12}\.tar$/), now.getTime(), keptArchives)) {
    const stem = path.slice(0, -'.tar'.length);
    await Promise.all([path, `${stem}.cdx.json`].map((file) => rm(file, { force: true })));
  }
  for (const path of expired(await entriesOf(cache, /^(dokkerr|debian)-.*\.partial-/), now.getTime(), 0)) {
    await rm(path, { recursive: true, force: true });
  }
}

async function entriesOf(cache: string, pattern: RegExp): Promise<Used[]> {
  const names = (await readdir(cache)).filter((name) => pattern.test(name));
  const entries = names.map(async (name) => {
    const path = join(cache, name);
    // Another process may have removed it since.
    const found = await stat(path).catch(() => undefined);
    return found === undefined ? [] : [{ path, usedAt: found.mtimeMs }];
  });
  return (await Promise.all(entries)).flat();
}
