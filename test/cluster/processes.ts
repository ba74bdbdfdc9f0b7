// Starts, signals and stops the programs of a cluster from their specifications; one log file each. The launcher
// decides where they run: inside a cluster's namespaces, or beside the owner and bound to its life.
import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { OnProgress, ProcessSpec } from './context.ts';
import { identify, isAlive, isStopped, type ProcessIdentity, parentOf, signalProcess } from './identity.ts';
import { childrenOf, enterArgs } from './namespaces.ts';
import { waitUntil } from './wait.ts';

/** How a program is put where it belongs. */
export interface Launcher {
  /** Put in front of the program and its arguments. */
  readonly prefix: readonly [string, ...string[]];
  /** True if the prefix forks, so that the program is the child of the process that was spawned. */
  readonly forks: boolean;
}

/** Runs programs inside the namespaces of that process; they end with it. */
export function insideLauncher(init: ProcessIdentity): Launcher {
  return { prefix: ['nsenter', ...enterArgs(init)], forks: true };
}

/** Runs programs beside this process; the kernel kills them when it dies, also by SIGKILL (prctl PR_SET_PDEATHSIG). */
export const boundLauncher: Launcher = { prefix: ['setpriv', '--pdeathsig', 'KILL', '--'], forks: false };

/** What to spawn in place of a program that is to end with this process, however that ends. */
export function bound(program: string, args: readonly string[]): [setpriv: string, args: string[]] {
  const [setpriv, ...flags] = boundLauncher.prefix;
  return [setpriv, [...flags, program, ...args]];
}

/**
 * All of them are Go's, whose collector runs whenever the heap has doubled. Where tests share a few cores with a cluster
 * memory is at hand and processor time is not: a fifth of kube-apiserver's went into it (pprof, during the e2e suite).
 */
const lazyCollector = { GOGC: '400' };

/** The programs of one cluster or control plane. Their state is on disk, so another process can go on with it. */
export class Processes {
  readonly #dir: string;
  readonly #launcher: Launcher;
  readonly #onProgress: OnProgress;

  /** `dir` is the cluster's folder; logs go to `dir/log/`, process ids to `dir/processes/`. */
  constructor(dir: string, launcher: Launcher, onProgress: OnProgress = () => undefined) {
    this.#dir = dir;
    this.#launcher = launcher;
    this.#onProgress = onProgress;
  }

  logPath(name: string): string {
    return join(this.#dir, 'log', `${name}.log`);
  }

  #recordPath(name: string): string {
    return join(this.#dir, 'processes', `${name}.json`);
  }

  /** The running program of that name, undefined if it is not running. */
  async find(name: string): Promise<ProcessIdentity | undefined> {
    try {
      const identity = JSON.parse(await readFile(this.#recordPath(name), 'utf8')) as ProcessIdentity;
      return isAlive(identity) ? identity : undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Starts the program and resolves when it is ready. Rejects with the end of its log if it ends or takes too long. */
  async start(spec: ProcessSpec, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (await this.find(spec.name)) throw new Error(`${spec.name} is running already`);
    const child = await this.#spawn(spec);
    const stopWaiting = new AbortController();
    const ended = new Promise<never>((_, reject) => {
      child.on('error', reject);
      child.on('exit', (code, by) => reject(new Error(`${spec.name} ended at once (${by ?? `exit code ${code}`})`)));
    });
    // The program may well end later, when nobody waits for it any more.
    ended.catch(() => undefined);
    try {
      await Promise.race([this.#record(spec.name, child), ended]);
      const { ready, readyTimeoutMs: timeoutMs = 180_000 } = spec;
      const signals = signal ? AbortSignal.any([signal, stopWaiting.signal]) : stopWaiting.signal;
      if (ready) await Promise.race([waitUntil(`${spec.name} ready`, ready, { timeoutMs, signal: signals }), ended]);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${reason}\n${await this.#logTail(spec.name)}`, { cause });
    } finally {
      stopWaiting.abort();
    }
    this.#onProgress(`${spec.name} ${spec.ready ? 'ready' : 'started'}`);
  }

  async #spawn(spec: ProcessSpec): Promise<ChildProcess> {
    await mkdir(dirname(this.logPath(spec.name)), { recursive: true });
    const log = openSync(this.logPath(spec.name), 'a');
    const [command, ...prefix] = this.#launcher.prefix;
    const child = spawn(command, [...prefix, spec.binary, ...spec.args], {
      stdio: ['ignore', log, log],
      // A session of its own: an interrupt typed at the terminal reaches the owner, who takes things down in order.
      detached: true,
      env: { PATH: process.env.PATH, HOME: homedir(), ...lazyCollector, ...spec.env },
    });
    child.unref();
    return child;
  }

  async #record(name: string, child: ChildProcess): Promise<void> {
    let identity: ProcessIdentity | undefined;
    const find = async () => {
      if (child.pid === undefined) return false;
      const pid = this.#launcher.forks ? (await childrenOf(child.pid))[0] : child.pid;
      identity = pid === undefined ? undefined : identify(pid);
      return identity !== undefined;
    };
    await waitUntil(`start of ${name}`, find, { timeoutMs: 10_000, intervalMs: 5 });
    await mkdir(dirname(this.#recordPath(name)), { recursive: true });
    await writeFile(this.#recordPath(name), JSON.stringify(identity));
  }

  async #logTail(name: string): Promise<string> {
    const lines = (await readFile(this.logPath(name), 'utf8')).trimEnd().split('\n');
    return [`the end of ${this.logPath(name)}:`, ...lines.slice(-15)].join('\n  ');
  }

  /** Sends a signal to the program; rejects if it is not running. */
  async signal(name: string, signal: NodeJS.Signals): Promise<ProcessIdentity> {
    const identity = await this.find(name);
    const parent = identity && this.#launcher.forks ? identify(parentOf(identity.pid) ?? 0) : undefined;
    if (!identity || !signalProcess(identity, signal)) throw new Error(`${name} is not running`);
    // nsenter stops itself when its child is stopped; unless it is woken, the program stays a zombie after its end.
    if (parent && signal !== 'SIGSTOP') signalProcess(parent, 'SIGCONT');
    return identity;
  }

  /** Stops the program's clock and resolves when nothing of it runs any more. */
  async pause(name: string): Promise<void> {
    const identity = await this.signal(name, 'SIGSTOP');
    await waitUntil(`${name} has stopped`, () => isStopped(identity), { timeoutMs: 60_000, intervalMs: 10 });
  }

  /** Ends the program with the given signal and resolves when it is gone. */
  async stop(name: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const identity = await this.signal(name, signal);
    await waitUntil(`end of ${name}`, () => !isAlive(identity), { timeoutMs: 60_000, intervalMs: 10 });
  }
}
