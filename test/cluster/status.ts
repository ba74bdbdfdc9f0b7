// What is to be said of each cluster on this machine: who it belongs to and which of its programs run.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { boundLauncher, Processes } from './processes.ts';
import { isRunning } from './reap.ts';
import { type ClusterRecord, isAbandoned, listRecords } from './state.ts';

interface Health {
  readonly running: readonly string[];
  readonly stopped: readonly string[];
}

async function healthOf(record: ClusterRecord): Promise<Health> {
  const files = await readdir(join(record.dir, 'processes')).catch(() => []);
  const processes = new Processes(record.dir, boundLauncher);
  const programs = await Promise.all(
    files.map(async (file) => {
      const name = file.replace(/\.json$/, '');
      return { name, runs: (await processes.find(name)) !== undefined };
    }),
  );
  const names = (runs: boolean) => programs.filter((program) => program.runs === runs).map(({ name }) => name);
  return { running: names(true), stopped: names(false) };
}

/** One word for the state of a cluster, and what is wrong where something is. */
export function describeHealth(record: ClusterRecord, { running, stopped }: Health, alive: boolean): string {
  if (!alive) return 'dead';
  if (stopped.length > 0) return `degraded: ${stopped.join(', ')} not running`;
  return record.binaries === undefined ? 'starting' : `healthy (${running.length} programs)`;
}

function describeOwner(record: ClusterRecord): string {
  if (record.owner === 'detached') return 'detached';
  return `process ${record.owner.pid}${isAbandoned(record) ? ' (dead)' : ''}`;
}

/** A heading and a line a cluster, or one line that there is none. */
export async function statusLines(): Promise<string[]> {
  const records = await listRecords();
  if (records.length === 0) return ['no clusters'];
  const rows = await Promise.all(
    records.map(async (record) => [
      record.name,
      describeOwner(record),
      record.createdAt,
      describeHealth(record, await healthOf(record), isRunning(record)),
      join(record.dir, 'kubeconfig'),
    ]),
  );
  const table = [['NAME', 'OWNER', 'CREATED', 'HEALTH', 'KUBECONFIG'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
}
