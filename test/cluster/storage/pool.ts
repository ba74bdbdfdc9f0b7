// The pool that volumes live in: a btrfs file system in a sparse image, or a plain folder where the kernel cannot do
// that. Mounted inside the cluster's mount namespace only, so it goes with the cluster, and its loop device too.
import { access, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterContext } from '../context.ts';

/**
 * Size of the pool, bytes. The image is sparse and shrinks again when files are deleted; the sizes of all volumes
 * together may not exceed it.
 */
const POOL_SIZE = 256 * 2 ** 30;

/** Folder of the pool. */
export const poolFolder = (ctx: ClusterContext): string => join(ctx.dir, 'storage', 'pool');

/** Makes the pool. Afterwards the folder is there, inside the cluster's namespaces, and empty. */
export async function createPool(ctx: ClusterContext): Promise<void> {
  const pool = poolFolder(ctx);
  await mkdir(pool, { recursive: true });
  if (!(await hasBtrfs(ctx)) || !(await exists('/dev/loop-control'))) return;
  const image = join(ctx.dir, 'storage', 'pool.img');
  const file = await open(image, 'w');
  try {
    await file.truncate(POOL_SIZE);
  } finally {
    await file.close();
  }
  await ctx.run('mkfs.btrfs', ['--quiet', '--metadata', 'single', '--nodiscard', image]);
  await ctx.run('mount', ['-t', 'btrfs', '-o', 'loop,noatime,discard=sync', image, pool]);
  // A volume's size is a limit of its quota group.
  await ctx.run('btrfs', ['quota', 'enable', pool]);
}

/** Whether the kernel has btrfs, after a try to load it: many have it as a module. */
async function hasBtrfs(ctx: ClusterContext): Promise<boolean> {
  const known = async () => /\bbtrfs$/m.test(await readFile('/proc/filesystems', 'utf8'));
  if (await known()) return true;
  return ctx.run('modprobe', ['btrfs']).then(known, () => false);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
