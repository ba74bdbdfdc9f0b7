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

/** What a group is built from. */
export interface Source {
  /** Folder of go.mod. */
  readonly moduleDir: string;
  /** `go.work` that gives the versions of all libraries; without it go.mod does. */
  readonly workspace?: string;
}

/**
 * Name of a group's folder in the cache: `<group>-<version>-<hash>`. The hash covers what a build depends on: go.mod,
 * go.sum, those of the whole workspace where there is one, flags, processor, and our own Go files where the module is
 * ours.
 */
export async function cacheKey(name: string, group: BinaryGroup, { moduleDir, workspace }: Source): Promise<string> {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([group.programs, group.ldflags, group.tags, goArch()]));
  const sources = group.ownSource
    ? (await readdir(moduleDir)).filter((file) => /(?<!_test)\.go$/.test(file)).sort()
    : [];
  for (const file of ['go.mod', 'go.sum', ...sources]) {
    hash.update(`\n${file}\n`).update(await readFile(join(moduleDir, file)));
  }
  if (workspace !== undefined) {
    for (const file of await filesOf(workspace)) {
      hash.update(`\n${file}\n`).update(await readFile(join(workspace, '..', file)));
    }
  }
  return `${name}-${group.version}-${hash.digest('hex').slice(0, 12)}`;
}

/** The files that say what a workspace builds with, relative to its folder. */
async function filesOf(workspace: string): Promise<readonly string[]> {
  const used = (await readFile(workspace, 'utf8')).matchAll(/^(?:use )?\t?(\.\/\S+)$/gm);
  const modules = [...used].map(([, folder]) => folder ?? '');
  const said = modules.flatMap((folder) => [`${folder}/go.mod`, `${folder}/go.sum`]);
  // A module that uses no other has no go.sum.
  const there = await Promise.all(said.map((file) => exists(join(workspace, '..', file))));
  return ['go.work', 'go.work.sum', ...said.filter((_, index) => there[index])];
}

/** Whether a file or folder is there. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
