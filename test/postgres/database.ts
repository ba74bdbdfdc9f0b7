/** The example's PostgreSQL, asked and written to over `kubectl exec`, as a person would. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureBinaries } from '#cluster/binaries/ensure.ts';
import { bound } from '#cluster/processes.ts';
import type { Sandbox } from '../e2e/sandbox.ts';

const pod = 'database-0';
const psql = ['psql', '--no-psqlrc', '--quiet', '--no-align', '--tuples-only', '--set=ON_ERROR_STOP=1'];

/** What the statements return, a row a line, fields apart by `|`. */
export function ask(sandbox: Sandbox, statements: string): Promise<string> {
  return sandbox.kubectl(['exec', '--stdin', pod, '--', ...psql], statements);
}

/** How many rows there are up to that id, and a digest of all of them in order. */
export function digestOf(sandbox: Sandbox, lastId: number): Promise<string> {
  return ask(
    sandbox,
    `select count(*), md5(string_agg(row(entry.*)::text, ',' order by id)) from entry where id <= ${lastId};`,
  );
}

/** How many of these rows there are. */
export async function countOf(sandbox: Sandbox, ids: readonly number[]): Promise<number> {
  return Number(await ask(sandbox, `select count(*) from entry where id = any ('{${ids.join(',')}}');`));
}

/** Somebody who writes a row after the other, each committed before the next is begun, and comes back when cut off. */
export interface Writer {
  /** rows whose commit was acknowledged, in order; one that was not may be there or not */
  readonly acknowledged: readonly number[];
  /** milliseconds: the longest time so far from one acknowledged commit to the next */
  readonly longestPauseMs: () => number;
  /** Resolves once nothing is written any more. */
  stop(): Promise<void>;
}

/** Milliseconds until a writer that was cut off calls again. */
const callsAgainAfterMs = 250;

/** Resolves when the first row was written. */
export async function startWriter(kubeconfig: string, sandbox: Sandbox): Promise<Writer> {
  const { kubectl } = await ensureBinaries(['kubectl'], { onProgress: () => undefined });
  const call = ['--kubeconfig', kubeconfig, '--namespace', sandbox.namespace, 'exec', '--stdin', pod, '--', ...psql];
  const acknowledged: number[] = [];
  const first = Promise.withResolvers<void>();
  let longestPauseMs = 0;
  let lastAt = performance.now();
  let isStopped = false;
  const acknowledge = (id: number) => {
    const now = performance.now();
    longestPauseMs = Math.max(longestPauseMs, now - lastAt);
    lastAt = now;
    acknowledged.push(id);
    first.resolve();
  };
  const session = async () => {
    // That it is cut off is what it is for: its last words are of no use.
    const child = spawn(...bound(kubectl, call), { stdio: ['pipe', 'pipe', 'ignore'] });
    child.stdin.on('error', () => undefined);
    const insert = () => child.stdin.write('insert into entry (note) values (md5(random()::text)) returning id;\n');
    createInterface({ input: child.stdout }).on('line', (line) => {
      acknowledge(Number(line));
      if (isStopped) child.stdin.end();
      else insert();
    });
    insert();
    await once(child, 'close');
  };
  const sessions = (async () => {
    while (!isStopped) {
      await session();
      if (!isStopped) await sleep(callsAgainAfterMs);
    }
  })();
  await first.promise;
  return {
    acknowledged,
    longestPauseMs: () => longestPauseMs,
    stop: async () => {
      isStopped = true;
      await sessions;
    },
  };
}
