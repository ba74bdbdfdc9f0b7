/** The operator as a process of its own, run from source against a cluster: what demo, e2e and fault tests drive. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { bound } from '#cluster/processes.ts';

export interface OperatorOptions {
  readonly kubeconfigPath: string;
  /** the command of the program (default: controller) */
  readonly role?: 'controller' | 'webhook';
  /** where its log goes, line by line as JSON; nowhere when absent */
  readonly logFile?: string;
  readonly args?: readonly string[];
}

export interface OperatorProcess extends AsyncDisposable {
  readonly pid: number;
  /** base URL of its health and metrics server */
  readonly url: string;
  /** its log so far, one parsed line each */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** Ends it and resolves to its exit code, or null when the signal ended it. Ending it twice is no error. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Milliseconds within which an operator must be ready; more than ten times what it takes on two cores. */
const readyWithin = 30_000;

/** Starts the operator and resolves when it says that it is ready; rejects with its last words when it ends before. */
export async function startOperator(options: OperatorOptions): Promise<OperatorProcess> {
  const { kubeconfigPath, role = 'controller', logFile, args = [] } = options;
  const flags = ['--kubeconfig', kubeconfigPath, '--listen', '127.0.0.1:0', '--log-format', 'json', ...args];
  const child = spawn(...bound(process.execPath, ['src/main.ts', role, ...flags]), {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: Record<string, unknown>[] = [];
  const listening = readLog(child, log, logFile);
  const ended = once(child, 'exit').then(() => {
    throw new Error(`the operator ended with ${child.exitCode ?? child.signalCode}: ${lastWords(log)}`);
  });
  const stop = (signal?: NodeJS.Signals) => stopProcess(child, signal);
  try {
    const url = await Promise.race([listening, ended]);
    await Promise.race([untilReady(url), ended]);
    ended.catch(() => undefined);
    return { pid: child.pid ?? 0, url, log, stop, [Symbol.asyncDispose]: async () => void (await stop()) };
  } catch (error) {
    await stop('SIGKILL');
    throw error;
  }
}

/** Collects the log; resolves to where it says that it serves health and metrics. */
function readLog(child: ChildProcess, log: Record<string, unknown>[], logFile: string | undefined): Promise<string> {
  const file = logFile === undefined ? undefined : createWriteStream(logFile, { flags: 'a' });
  const { promise, resolve } = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      file?.write(`${line}\n`);
      const entry = parse(line);
      log.push(entry);
      if (typeof entry.port === 'number') resolve(`http://127.0.0.1:${entry.port}`);
    });
  }
  child.once('close', () => file?.end());
  return promise;
}

/** What is not JSON is kept as text: a crash's stack, say. */
function parse(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : { msg: line };
  } catch {
    return { msg: line };
  }
}

function lastWords(log: readonly Record<string, unknown>[]): string {
  return log
    .slice(-3)
    .map(({ msg }) => String(msg))
    .join(' | ');
}

async function untilReady(url: string): Promise<void> {
  const deadline = performance.now() + readyWithin;
  while (performance.now() < deadline) {
    const response = await fetch(`${url}/readyz`).catch(() => undefined);
    if (response?.ok === true) return;
    await sleep(50);
  }
  throw new Error(`the operator was not ready within ${readyWithin / 1000} s`);
}

async function stopProcess(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }
  return child.exitCode;
}
