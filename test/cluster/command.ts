// Runs a program to its end and turns its exit code into a value or an error that shows what was run and what it said.
import { spawn } from 'node:child_process';

export interface CommandOptions {
  /** Written to standard input, which is closed after it. */
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
}

/** A program that could not be started or that exited other than with 0. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number | null;
  readonly stderr: string;

  constructor(commandLine: string, exitCode: number | null, stderr: string, options?: ErrorOptions) {
    const said = stderr.trim().split('\n').slice(-5).join('\n  ');
    super(
      `${commandLine}: ${exitCode === null ? 'was killed' : `exit code ${exitCode}`}${said && `\n  ${said}`}`,
      options,
    );
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

/** Resolves to the program's standard output. Rejects with a {@link CommandError} on any exit code but 0. */
export function run(binary: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { input, ...spawnOptions } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(binary, args, { ...spawnOptions, stdio: ['pipe', 'pipe', 'pipe'] });
    const commandLine = [binary, ...args].join(' ');
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    // A program that exits without reading its input breaks the pipe; its exit code tells what happened.
    child.stdin.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') reject(error);
    });
    child.on('error', (cause) => reject(new CommandError(commandLine, null, cause.message, { cause })));
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString());
      else reject(new CommandError(commandLine, code, Buffer.concat(err).toString()));
    });
    child.stdin.end(input);
  });
}
