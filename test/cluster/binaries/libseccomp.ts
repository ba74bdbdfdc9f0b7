// Finds libseccomp for runc: without it runc refuses every pod with a seccomp profile, and the restricted pod security
// standard asks for one. Takes the installed headers, else unpacks Debian's package beside the cache, without installing.
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../command.ts';
import { exists } from './cache.ts';

const CURE = 'install libseccomp-dev (Debian, Ubuntu) or libseccomp-static (Fedora)';

/**
 * Environment with which cgo finds libseccomp. Rejects with the cure when it can be had neither way.
 * `folder` is where an unpacked package is kept between builds.
 */
export async function libseccompEnv(folder: string, signal?: AbortSignal): Promise<Record<string, string>> {
  const options = signal === undefined ? {} : { signal };
  const installed = await run('pkg-config', ['--exists', 'libseccomp'], options).then(
    () => true,
    () => false,
  );
  signal?.throwIfAborted();
  if (installed) return {};
  if (!(await exists(folder))) await unpackPackage(folder, options);
  return { PKG_CONFIG: join(folder, 'pkg-config') };
}

async function unpackPackage(folder: string, options: { readonly signal?: AbortSignal }): Promise<void> {
  const scratch = await mkdtemp(`${folder}.`);
  try {
    // apt would otherwise hand the download to its own user, who cannot write here.
    await run('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', 'libseccomp-dev'], {
      ...options,
      cwd: scratch,
    });
    const [deb] = await readdir(scratch);
    await run('dpkg-deb', ['--extract', join(scratch, deb ?? ''), scratch], options);
    const [multiarch] = await readdir(join(scratch, 'usr/lib'));
    await writeFile(join(scratch, 'pkg-config'), pkgConfigScript(folder, multiarch ?? ''), { mode: 0o755 });
    await rename(scratch, folder);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new Error(`runc needs libseccomp, which is not installed and could not be fetched: ${CURE}`, {
      cause: error,
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Answers what cgo asks of pkg-config, so that neither that program nor a system-wide installation is needed. */
function pkgConfigScript(folder: string, multiarch: string): string {
  return `#!/bin/sh
case "$*" in
*--cflags*) echo "-I${folder}/usr/include" ;;
*--libs*) echo "-L${folder}/usr/lib/${multiarch} -lseccomp" ;;
esac
`;
}
