// Removes clusters: one that is taken down, and those whose owner is dead. Everything to be removed is in the record;
// each step does nothing where there is nothing, so a removal that was interrupted is simply done again.
import { type SpawnOptions, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeCgroups } from './cgroups.ts';
import { run } from './command.ts';
import type { OnProgress } from './context.ts';
import { identify, isAlive, type ProcessIdentity, signalProcess } from './identity.ts';
import { killNamespaces } from './namespaces.ts';
import { deleteNetwork } from './netns.ts';
import { type ClusterRecord, isAbandoned, listRecords, readRecord, withStateLock } from './state.ts';

/** Mounts of the host at or below the folder, innermost first, from the text of `/proc/self/mountinfo`. */
export function mountsBelow(mountinfo: string, dir: string): string[] {
  return mountinfo
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((mountPoint) => mountPoint === dir || mountPoint.startsWith(`${dir}/`))
    .reverse();
}

/** The processes in that network namespace, inside or outside the cluster's PID namespace. */
async function processesIn(netns: string): Promise<ProcessIdentity[]> {
  const pids = await run('ip', ['netns', 'pids', netns]).catch(() => '');
  return pids
    .split('\n')
    .filter(Boolean)
    .map((pid) => identify(Number(pid)))
    .filter((identity) => identity !== undefined);
}

async function remove(record: ClusterRecord): Promise<void> {
  if (record.undertaker) dismissUndertaker(record.undertaker);
  // The nsenter of a program that was paused is stopped too, and would keep it from being buried.
  for (const each of await processesIn(record.id)) signalProcess(each, 'SIGCONT');
  if (record.init) await killNamespaces(record.init);
  // The owner may have died between the start of the first process and the note of it in the record.
  for (const straggler of await processesIn(record.id)) await killNamespaces(straggler);
  await deleteNetwork(record.id);
  await removeCgroups(record.id);
  for (const mountPoint of mountsBelow(await readFile('/proc/self/mountinfo', 'utf8'), record.dir)) {
    await run('umount', ['--lazy', mountPoint]);
  }
  // Never across a mount: what is mounted there is not the cluster's to delete.
  await run('rm', ['-rf', '--one-file-system', '--', record.dir]);
}

/** Removes a cluster with everything that belongs to it; nothing happens if there is none of that name. */
export async function removeCluster(name: string): Promise<void> {
  await withStateLock(async () => {
    const record = await readRecord(name);
    if (record) await remove(record);
  });
}

/** Removes every cluster whose owner is dead. The caller holds the state lock. */
export async function reapLocked(onProgress: OnProgress): Promise<void> {
  for (const record of await listRecords()) {
    if (!isAbandoned(record)) continue;
    await remove(record);
    onProgress(
      `removed cluster ${record.name}: ${record.owner === 'detached' ? 'it no longer ran' : 'its owner is dead'}`,
    );
  }
}

/** Removes every cluster whose owner is dead. */
export async function reap(onProgress: OnProgress): Promise<void> {
  await withStateLock(() => reapLocked(onProgress));
}

/**
 * Starts a process that outlives the owner only to remove what it leaves behind. Clusters are reaped by the next `up`
 * in any case; this one does it at once.
 */
export function startUndertaker(owner: number): ProcessIdentity | undefined {
  const script = 'tail --pid="$1" -s 0.5 -f /dev/null; exec "$2" "$3" reap';
  const args = ['-c', script, 'undertaker', String(owner), process.execPath, join(import.meta.dirname, 'main.ts')];
  const options: SpawnOptions = { stdio: 'ignore', detached: true, cwd: '/' };
  const child = spawn('sh', args, options);
  child.unref();
  return child.pid === undefined ? undefined : identify(child.pid);
}

/** Ends an undertaker that is no longer needed, unless this process is that undertaker at work. */
export function dismissUndertaker(undertaker: ProcessIdentity): void {
  if (undertaker.pid === process.pid || !isAlive(undertaker)) return;
  // It leads a process group of its own, which `tail` is in too.
  process.kill(-undertaker.pid, 'SIGKILL');
}

/** Whether the cluster's programs run at all. */
export function isRunning(record: ClusterRecord): boolean {
  return record.init !== undefined && isAlive(record.init);
}
