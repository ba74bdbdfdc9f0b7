/** Who is compared: the same Widget operator, written four times, and how each is made and run. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import type { OnProgress } from '#cluster/context.ts';
import { bound } from '#cluster/processes.ts';
import { readUsage, type Usage } from '../usage.ts';

export interface Contestant {
  readonly name: string;
  /** Makes its program, or finds it in the cache. */
  readonly prepare: (onProgress: OnProgress) => Promise<Program>;
}

/** How a contestant's program is called. */
export type Program = (options: RunOptions) => {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

export interface RunOptions {
  /** passes at once, where the contestant can be told */
  readonly concurrency: number;
  /** stands for election with a Lease there, where the contestant can */
  readonly leaseNamespace?: string;
}

/** A contestant's process. */
export interface Running extends AsyncDisposable {
  readonly pid: number;
  /** Milliseconds, as `performance.now()` counts, at which it was started. */
  readonly startedAt: number;
  usage(): Promise<Usage>;
  /** Resolves once it has ended; ending it twice is no error. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Its last lines, for whoever has to find out what went wrong. */
  lastWords(): Promise<string>;
}

/** Starts it against a cluster; its output goes to `logFile`. It ends when this process does, however that ends. */
export async function startContestant(
  program: Program,
  kubeconfigPath: string,
  logFile: string,
  options: RunOptions,
): Promise<Running> {
  const { command, args, env } = program(options);
  const log = await open(logFile, 'a');
  const startedAt = performance.now();
  const child = spawn(...bound(command, args), {
    env: { ...process.env, NODE_ENV: 'production', ...env, KUBECONFIG: kubeconfigPath },
    stdio: ['ignore', log.fd, log.fd],
  });
  await once(child, 'spawn');
  await log.close();
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} was not started`);
  const stop = async (signal: NodeJS.Signals = 'SIGKILL') => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  return {
    pid,
    startedAt,
    usage: () => readUsage(pid),
    stop,
    lastWords: async () => (await readFile(logFile, 'utf8')).trim().split('\n').slice(-5).join('\n'),
    [Symbol.asyncDispose]: () => stop(),
  };
}
