/** Runs programs side by side and tells how each went: the front door's way to call checkers and suites. */
import { spawn } from 'node:child_process';
import { bound } from '#cluster/processes.ts';

export interface Command {
  /** what a person calls it */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
}

export interface Outcome {
  readonly name: string;
  readonly ok: boolean;
  readonly seconds: number;
  /** stdout and stderr as they came */
  readonly output: string;
}

/**
 * Runs one program to its end, or to this process's own: a suite that nobody waits for any more would keep its clusters. A
 * program that cannot be started is an outcome that is not ok.
 */
export function run({ name, program, args }: Command): Promise<Outcome> {
  const startedAt = performance.now();
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const chunks: string[] = [];
  const [file, argv] = process.platform === 'linux' ? bound(program, args) : [program, args];
  const child = spawn(file, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  const end = (ok: boolean) => {
    resolve({ name, ok, seconds: (performance.now() - startedAt) / 1000, output: chunks.join('') });
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  }
  child.on('error', (error) => {
    chunks.push(`${error.message}\n`);
    end(false);
  });
  child.on('close', (code) => end(code === 0));
  return promise;
}

/** `ok  types  4.2 s`, and the output of what failed. */
export function report({ name, ok, seconds, output }: Outcome): void {
  console.log(`${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(14)} ${seconds.toFixed(1)} s`);
  if (!ok) console.log(output.trimEnd());
}
