/** The example's PostgreSQL, asked and written to over `kubectl exec`, as a person would. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ensureBinaries } from '#cluster/binaries/ensure.ts';
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

/** Somebody who writes a row after the other, each committed before the next is begun. */
export interface Writer {
  /** the last row whose commit was acknowledged */
  readonly lastId: () => number;
  /** Resolves once nothing is written any more. */
  stop(): Promise<void>;
}

/** Resolves when the first row was written. */
export async function startWriter(kubeconfig: string, sandbox: Sandbox): Promise<Writer> {
  const { kubectl } = await ensureBinaries(['kubectl'], { onProgress: () => undefined });
  const where = ['--kubeconfig', kubeconfig, '--namespace', sandbox.namespace];
  const session = spawn(kubectl, [...where, 'exec', '--stdin', pod, '--', ...psql], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const insert = () => session.stdin.write('insert into entry (note) values (md5(random()::text)) returning id;\n');
  const first = Promise.withResolvers<void>();
  let lastId = 0;
  let isStopped = false;
  createInterface({ input: session.stdout }).on('line', (line) => {
    lastId = Number(line);
    first.resolve();
    if (isStopped) session.stdin.end();
    else insert();
  });
  session.once('exit', (code) => first.reject(new Error(`the session ended with exit code ${code}`)));
  insert();
  await first.promise;
  return {
    lastId: () => lastId,
    stop: async () => {
      isStopped = true;
      if (session.exitCode === null) await once(session, 'exit');
    },
  };
}
