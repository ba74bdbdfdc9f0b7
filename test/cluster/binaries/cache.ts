// Where finished programs are kept between runs, and under which key. A group's folder appears by one rename when it
// is whole, so a folder that exists is complete and never changes again.
import { createHash } from 'node:crypto';
import { access, readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { BinaryGroup } from './catalog.ts';

/** Root of everything kept between runs: `DOKKERR_CACHE`, else `~/.cache/dokkerr`. */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  return env.DOKKERR_CACHE || join(homedir(), '.cache', 'dokkerr');
}

/** Go's name of this machine's processor. Throws where the cluster has never been built for it. */
export function goArch(arch: string = process.arch): 'amd64' | 'arm64' {
  if (arch === 'x64') return 'amd64';
  if (arch === 'arm64') return 'arm64';
  throw new Error(`the local cluster runs on amd64 and arm64, not on ${arch}: give a cluster with --kubeconfig`);
}

/**
 * Name of a group's folder in the cache: `<group>-<version>-<hash>`. The hash covers what a build depends on: go.mod,
 * go.sum, flags, processor, and our own Go files where the module is ours.
 */
export async function cacheKey(name: string, group: BinaryGroup, moduleDir: string): Promise<string> {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([group.programs, group.ldflags, group.tags, goArch()]));
  const sources = group.ownSource
    ? (await readdir(moduleDir)).filter((file) => /(?<!_test)\.go$/.test(file)).sort()
    : [];
  for (const file of ['go.mod', 'go.sum', ...sources]) {
    hash.update(`\n${file}\n`).update(await readFile(join(moduleDir, file)));
  }
  return `${name}-${group.version}-${hash.digest('hex').slice(0, 12)}`;
}

/** Whether a file or folder is there. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
