// Runs a program of the host to its end. Relies on nothing but node:child_process.
import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';

/** How to run a program. */
export interface CommandOptions {
  readonly cwd?: string;
  /** The program's whole environment. Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** Give way to everything else on the machine; for long builds beside a running cluster. */
  readonly background?: boolean;
}

/** A program ended otherwise than with exit code 0. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  readonly stderr: string;

  constructor(program: string, args: readonly string[], outcome: string, stderr: string) {
    super(`${[program, ...args].join(' ')}: ${outcome}${stderr === '' ? '' : `\n${stderr.trimEnd()}`}`);
    this.stderr = stderr;
  }
}

/**
 * Runs a program without a shell and resolves to its standard output. Rejects with `CommandFailed` when it ends
 * otherwise than with 0, with the system's error (`code: 'ENOENT'`) when it cannot be started, and with the signal's
 * reason when aborted; by then the program has ended.
 */
export function command(program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { signal } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (options.background && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    const stop = () => child.kill('SIGTERM');
    signal?.addEventListener('abort', stop, { once: true });
    child.on('error', reject);
    child.on('close', (code, killedBy) => {
      signal?.removeEventListener('abort', stop);
      if (code === 0) return resolve(Buffer.concat(stdout).toString());
      if (signal?.aborted) return reject(signal.reason);
      const outcome = killedBy === null ? `exit code ${code}` : `killed by ${killedBy}`;
      reject(new CommandFailed(program, args, outcome, Buffer.concat(stderr).toString()));
    });
  });
}
