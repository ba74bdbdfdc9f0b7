// The cgroups of a cluster's pods: one parent folder per v1 hierarchy, or one in the unified v2 hierarchy. kubelet
// makes everything below it (`cgroupRoot`). Relies on the cgroup file systems mounted where every distribution has them.
import { access, mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitUntil } from './wait.ts';

const cgroupMount = '/sys/fs/cgroup';

/** Mount points of all cgroup hierarchies, v1 and v2, from the text of `/proc/self/mountinfo`. See proc(5). */
export function cgroupHierarchies(mountinfo: string): string[] {
  return mountinfo
    .split('\n')
    .filter((line) => / - cgroup2? /.test(line))
    .map((line) => line.split(' ')[4] ?? '')
    .filter((mountPoint) => mountPoint.startsWith(cgroupMount));
}

async function hierarchies(): Promise<string[]> {
  return cgroupHierarchies(await readFile('/proc/self/mountinfo', 'utf8'));
}

/** True where only the v2 hierarchy exists. */
export async function isUnified(): Promise<boolean> {
  return (await hierarchies()).includes(cgroupMount);
}

/**
 * Hands every controller of a v2 hierarchy to its children. In a container the top group holds processes, which v2
 * forbids for a group that delegates; they go into a leaf of their own first.
 */
async function delegateControllers(): Promise<void> {
  const controllers = (await readFile(join(cgroupMount, 'cgroup.controllers'), 'utf8')).trim().split(' ');
  const delegate = () =>
    writeFile(join(cgroupMount, 'cgroup.subtree_control'), controllers.map((name) => `+${name}`).join(' '));
  try {
    await delegate();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EBUSY') throw error;
    const leaf = join(cgroupMount, 'init');
    await mkdir(leaf, { recursive: true });
    const pids = (await readFile(join(cgroupMount, 'cgroup.procs'), 'utf8')).trim().split('\n');
    for (const pid of pids) await writeFile(join(leaf, 'cgroup.procs'), pid);
    await delegate();
  }
}

/** v1 leaves the cpuset of a new group empty, and no process can enter it before both files are filled. */
async function inheritCpuset(hierarchy: string, group: string): Promise<void> {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    await writeFile(join(group, file), await readFile(join(hierarchy, file), 'utf8'));
  }
}

/** Creates the parent group `name` in every hierarchy; kubelet's `cgroupRoot` is `/name`. */
export async function createCgroups(name: string): Promise<void> {
  const mounts = await hierarchies();
  if (mounts.length === 0) throw new Error(`no cgroup hierarchy is mounted below ${cgroupMount}`);
  if (await isUnified()) await delegateControllers();
  await Promise.all(
    mounts.map(async (hierarchy) => {
      const group = join(hierarchy, name);
      await mkdir(group, { recursive: true });
      const hasCpuset = await access(join(group, 'cpuset.cpus')).then(
        () => true,
        () => false,
      );
      if (hasCpuset && hierarchy !== cgroupMount && !hierarchy.endsWith('/unified')) {
        await inheritCpuset(hierarchy, group);
      }
    }),
  );
}

async function removeTree(group: string): Promise<void> {
  const entries = await readdir(group, { withFileTypes: true });
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(group, entry.name));
  await rmdir(group);
}

/** Removes the group `name` with all groups below it, deepest first. Its processes must have been killed before. */
export async function removeCgroups(name: string): Promise<void> {
  await Promise.all(
    (await hierarchies()).map(async (hierarchy) => {
      const group = join(hierarchy, name);
      // The kernel lets go of a killed process's group a moment after the process is gone, and answers EBUSY until then.
      await waitUntil(
        `removal of ${group}`,
        () =>
          removeTree(group).then(
            () => true,
            (error: NodeJS.ErrnoException) => {
              if (error.code === 'ENOENT') return true;
              throw error;
            },
          ),
        { timeoutMs: 10_000, intervalMs: 20 },
      );
    }),
  );
}
