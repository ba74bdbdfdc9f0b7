// Builds a group's programs from its committed go.mod and go.sum, or from the workspace they are part of. Relies on a Go
// toolchain on the host and on the Go module proxy or a filled module cache.
import { mkdir, readFile, rename, rmdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CommandError, run } from '../command.ts';
import type { Source } from './cache.ts';
import type { BinaryGroup } from './catalog.ts';
import { libseccompEnv } from './libseccomp.ts';

/** What a build makes, and where it writes to. */
export interface GoBuild extends Source {
  readonly group: BinaryGroup;
  /** Existing folder that receives the programs. */
  readonly into: string;
  /** Folder for what builds share, such as an unpacked C library. */
  readonly shared: string;
  readonly signal?: AbortSignal;
}

/** Builds every program of a group into `into`. Rejects with one line naming the cure when the toolchain is at fault. */
export async function goBuild(build: GoBuild): Promise<void> {
  const { group, moduleDir, into, signal } = build;
  const options = signal === undefined ? {} : { signal };
  await requireGo(moduleDir, signal);
  const env = {
    ...process.env,
    // A user's flags must not change what is built: -mod=mod would rewrite go.sum, their workspace other versions.
    GOFLAGS: '-mod=readonly',
    GOWORK: build.workspace ?? 'off',
    GOOS: 'linux',
    CGO_ENABLED: group.libseccomp ? '1' : '0',
    ...(group.libseccomp ? await libseccompEnv(join(build.shared, 'libseccomp-dev'), signal) : {}),
  };
  // Nobody debugs these, and the linker drops what a debugger reads: not to write it takes a seventh off the time.
  const flags = ['-trimpath', '-buildvcs=false', '-gcflags=all=-dwarf=false'];
  const ldflags = ['-s -w', group.ldflags ?? ''].join(' ').trim();
  const tags = group.tags === undefined ? [] : ['-tags', group.tags.join(',')];
  const output = join(into, '.go');
  await mkdir(output);
  const packages = Object.values(group.programs);
  const args = ['build', ...flags, ...tags, '-ldflags', ldflags, '-o', `${output}/`, ...packages];
  // A build gives way to the cluster that may be running already, and ends when we are killed, as by Ctrl-C.
  await run('setpriv', ['--pdeathsig', 'INT', 'nice', 'go', ...args], { ...options, cwd: moduleDir, env }).catch(
    (error: unknown) => {
      throw explain(error);
    },
  );
  for (const [program, goPackage] of Object.entries(group.programs)) {
    await rename(join(output, executableName(goPackage)), join(into, program));
  }
  await rmdir(output);
}

/** Rejects unless a Go toolchain is there that is new enough, or that may fetch one that is. */
async function requireGo(moduleDir: string, signal?: AbortSignal): Promise<void> {
  const goMod = await readFile(join(moduleDir, 'go.mod'), 'utf8');
  const needed = /^go (\S+)$/m.exec(goMod)?.[1] ?? '1.26';
  const cure = `install Go ${needed} or later (https://go.dev/dl)`;
  const env = await run('go', ['env', 'GOVERSION', 'GOTOOLCHAIN'], signal === undefined ? {} : { signal }).catch(
    (error: unknown) => {
      signal?.throwIfAborted();
      throw new Error(`no Go toolchain to build with: ${cure}`, { cause: error });
    },
  );
  const [version = '', toolchain = ''] = env.split('\n');
  if (toolchain === 'local' && compareVersions(version.replace(/^go/, ''), needed) < 0) {
    throw new Error(`Go ${version.replace(/^go/, '')} is too old and GOTOOLCHAIN=local forbids a newer one: ${cure}`);
  }
}

/** Negative when `a` is an older version than `b`, as Go counts: `1.26` before `1.26.0` does not matter here. */
export function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** What `go build` calls a package's program: the last element of its path that is not a major version. */
export function executableName(goPackage: string): string {
  return basename(goPackage.replace(/\/v\d+$/, ''));
}

function explain(error: unknown): unknown {
  if (!(error instanceof CommandError)) return error;
  if (/C compiler "[^"]+" not found/.test(error.stderr)) {
    return new Error('runc is built with C code and there is no C compiler: install gcc and libc6-dev', {
      cause: error,
    });
  }
  return error;
}
