// What is known on disk of every cluster of this machine's user: one folder each below the state root, with a record
// that says who owns it and what has to be removed. Written before anything is created, so that a crash leaves a trace.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { withLock } from './binaries/lock.ts';
import { isAlive, type ProcessIdentity } from './identity.ts';

/** The record of one cluster, `<dir>/cluster.json`. */
export interface ClusterRecord {
  readonly name: string;
  readonly dir: string;
  /** RFC 3339. */
  readonly createdAt: string;
  /** The process the cluster lives for, or `detached`: then it lives until it is taken down. */
  readonly owner: ProcessIdentity | 'detached';
  /** Name of its network namespace and of its cgroups; unique on the machine. */
  readonly id: string;
  /** Slot of its network, known once it was claimed. */
  readonly slot?: number;
  /** Process 1 of its PID namespace as the host sees it; its death ends every process of the cluster. */
  readonly init?: ProcessIdentity;
  /** The process that removes the cluster when the owner dies. */
  readonly undertaker?: ProcessIdentity;
  /** Paths of the programs that run in it, by name. */
  readonly binaries?: Readonly<Record<string, string>>;
}

/** Where clusters keep their state: `$XDG_STATE_HOME/dokkerr/clusters`, by default below `~/.local/state`. */
export function stateRoot(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_STATE_HOME || join(homedir(), '.local/state'), 'dokkerr/clusters');
}

/** A name no other checkout has: the last folder's name and a digest of the whole path. */
export function defaultClusterName(checkout: string): string {
  const folder = checkout.split('/').findLast((part) => part !== '') ?? 'root';
  const readable = folder
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 20)
    .replace(/^-|-$/g, '');
  return `${readable || 'checkout'}-${digest(checkout)}`;
}

/** The machine-wide name of a cluster's namespace and cgroups. */
export function clusterId(name: string, dir: string): string {
  return `dokkerr-${name}-${digest(dir)}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 6);
}

/** Throws unless the name can be that of a folder, a namespace, a cgroup and a host. */
export function checkClusterName(name: string): void {
  if (!/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/.test(name)) {
    throw new Error(`"${name}" cannot name a cluster: use up to 40 lower-case letters, digits and inner hyphens`);
  }
}

/** True if the cluster's owner is gone, or, for a detached one, the cluster itself (after a reboot, say). */
export function isAbandoned(record: ClusterRecord, alive: typeof isAlive = isAlive): boolean {
  if (record.owner !== 'detached') return !alive(record.owner);
  return record.init === undefined || !alive(record.init);
}

/** The record of one cluster, undefined if there is none of that name. */
export async function readRecord(name: string): Promise<ClusterRecord | undefined> {
  try {
    return JSON.parse(await readFile(join(stateRoot(), name, 'cluster.json'), 'utf8')) as ClusterRecord;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Replaces the record in one step: a reader sees the old or the new one, a crash leaves one of them. */
export async function writeRecord(record: ClusterRecord): Promise<void> {
  await mkdir(record.dir, { recursive: true, mode: 0o755 });
  const next = join(record.dir, `.cluster.json.${process.pid}`);
  await writeFile(next, `${JSON.stringify(record, undefined, 2)}\n`);
  await rename(next, join(record.dir, 'cluster.json'));
}

/** Every cluster there is a record of, by name. */
export async function listRecords(): Promise<ClusterRecord[]> {
  const names = await readdir(stateRoot()).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const records = await Promise.all(names.filter((name) => !name.startsWith('.')).map(readRecord));
  return records.filter((record) => record !== undefined).sort((a, b) => a.name.localeCompare(b.name));
}

/** Runs `work` while no other process with the same state root creates, reaps or removes a cluster. */
export async function withStateLock<T>(work: () => Promise<T>): Promise<T> {
  await mkdir(stateRoot(), { recursive: true });
  return withLock(join(stateRoot(), '.lock'), {}, work);
}
