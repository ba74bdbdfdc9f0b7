// The system programs a cluster of our own needs on the host; missing ones are installed where that is a matter of course.
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { aptGet } from './apt.ts';
import type { OnProgress } from './context.ts';

/** Every program needed, and the Debian package it comes in. */
export const hostPrograms: Readonly<Record<string, string>> = {
  bash: 'bash',
  conntrack: 'conntrack',
  flock: 'util-linux',
  ip: 'iproute2',
  iptables: 'iptables',
  losetup: 'mount',
  'mkfs.btrfs': 'btrfs-progs',
  btrfs: 'btrfs-progs',
  mount: 'mount',
  nsenter: 'util-linux',
  openssl: 'openssl',
  setpriv: 'util-linux',
  tail: 'coreutils',
  tar: 'tar',
  unshare: 'util-linux',
};

/** PATH with the folders of system programs, which an ordinary user's PATH often lacks. */
export function systemPath(path: string): string {
  const folders = path.split(delimiter);
  const missing = ['/usr/local/sbin', '/usr/sbin', '/sbin'].filter((folder) => !folders.includes(folder));
  return [...folders, ...missing].join(delimiter);
}

/** The packages of those programs that no folder of `path` has, without repeats. */
export async function missingPackages(path: string, programs = hostPrograms): Promise<string[]> {
  const folders = path.split(delimiter);
  const isThere = (program: string) =>
    Promise.any(folders.map((folder) => access(join(folder, program), constants.X_OK))).then(
      () => true,
      () => false,
    );
  const packages = await Promise.all(
    Object.entries(programs).map(async ([program, name]) => ((await isThere(program)) ? undefined : name)),
  );
  return [...new Set(packages.filter((name) => name !== undefined))].sort();
}

/**
 * Makes sure that root runs this on Linux with every program needed, installing packages where apt-get exists. Rejects
 * with what to do about it otherwise. Adds the folders of system programs to this process's PATH.
 */
export async function ensureHostPackages(onProgress: OnProgress): Promise<void> {
  if (process.platform !== 'linux') {
    throw new Error(
      `a cluster of our own needs Linux, not ${process.platform}: start Docker with kind, or give --kubeconfig`,
    );
  }
  if (process.geteuid?.() !== 0) {
    throw new Error(
      'a cluster of our own needs root for its namespaces: use sudo, start Docker with kind, or give --kubeconfig',
    );
  }
  await ensurePrograms(hostPrograms, onProgress);
}

/**
 * Makes sure of these programs (each with the Debian package it comes in), with apt-get where that exists; needs root if
 * one is missing. Adds the folders of system programs to this process's PATH.
 */
export async function ensurePrograms(
  programs: Readonly<Record<string, string>>,
  onProgress: OnProgress,
): Promise<void> {
  process.env.PATH = systemPath(process.env.PATH ?? '');
  const missing = await missingPackages(process.env.PATH, programs);
  if (missing.length === 0) return;
  if ((await missingPackages(process.env.PATH, { 'apt-get': 'apt' })).length > 0) {
    throw new Error(`install these packages (their Debian names) first: ${missing.join(' ')}`);
  }
  onProgress(`installing ${missing.join(' ')} with apt-get`);
  await aptGet(['update', '-qq']);
  await aptGet(['install', '-qq', '--yes', '--no-install-recommends', ...missing]);
  onProgress(`installed ${missing.join(' ')}`);
}
