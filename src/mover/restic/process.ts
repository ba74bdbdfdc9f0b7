/**
 * Runs restic once: its lines as they come, its exit code and the end of what it complained about. Relies on restic
 * giving back its locks on SIGTERM.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { asRunFailure, RunFailure } from '#contracts/mover/failure.ts';

/** The program, and the environment of all its runs. */
export interface ResticProgram {
  /** absolute path */
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  /** flags of every run, before the command's own */
  readonly flags: readonly string[];
  /** a writable folder to run in: restic leaves copies there of what it repairs */
  readonly folder: string;
}

/** One run. */
export interface ResticRun {
  readonly args: readonly string[];
  /** written to standard input, which is closed after it */
  readonly input?: string;
  readonly signal: AbortSignal;
  readonly onOutput?: (line: string) => void;
  readonly onError?: (line: string) => void;
}

/** How a run ended that was not cut short. */
export interface ResticEnd {
  readonly exitCode: number;
  /** the end of standard error */
  readonly stderrTail: string;
}

/** Milliseconds that restic gets to give back its locks; below the 30 s a pod gets by default. */
const stopWithin = 20_000;

/** Lines of standard error that are kept. */
const keptLines = 20;

/**
 * Resolves with whatever exit code restic has. What a reader of its lines throws ends the run and is thrown on.
 * @throws RunFailure `Canceled` when the signal ended it, `Internal` when it could not be started or was killed
 */
export async function runRestic({ program, env, flags, folder }: ResticProgram, run: ResticRun): Promise<ResticEnd> {
  if (run.signal.aborted) throw canceled();
  const child = spawn(program, [...flags, ...run.args], { env, cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] });
  const tail: string[] = [];
  let refused: Error | undefined;
  // What a reader refuses ends the run; thrown inside an event it would end the mover.
  const readLines = (stream: Readable, take: (line: string) => void) =>
    createInterface({ input: stream }).on('line', (line) => {
      if (refused !== undefined) return;
      try {
        take(line);
      } catch (error) {
        refused = asRunFailure(error);
        child.kill('SIGTERM');
      }
    });
  readLines(child.stdout, (line) => run.onOutput?.(line));
  readLines(child.stderr, (line) => {
    if (tail.push(line) > keptLines) tail.shift();
    run.onError?.(line);
  });
  // It may end without reading its input; its exit code tells why.
  child.stdin.on('error', () => undefined);
  child.stdin.end(run.input);

  let kill: NodeJS.Timeout | undefined;
  const stop = () => {
    child.kill('SIGTERM');
    kill = setTimeout(() => child.kill('SIGKILL'), stopWithin);
  };
  run.signal.addEventListener('abort', stop, { once: true });
  try {
    const [exitCode, killedBy] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.on('error', (cause) => {
        const message = `${program} could not be started`;
        reject(new RunFailure('Internal', message, { cause, retryable: false }));
      });
      child.on('close', (code, signal) => resolve([code, signal]));
    });
    // A run that ended well before it noticed is taken as it is.
    if (run.signal.aborted && exitCode !== 0) throw canceled(exitCode ?? undefined);
    if (refused !== undefined) throw refused;
    const stderrTail = tail.join('\n');
    if (exitCode === null) throw killed(killedBy ?? 'a signal', stderrTail);
    return { exitCode, stderrTail };
  } finally {
    clearTimeout(kill);
    run.signal.removeEventListener('abort', stop);
  }
}

function canceled(exitCode?: number): RunFailure {
  return new RunFailure('Canceled', 'canceled', exitCode === undefined ? {} : { exitCode });
}

function killed(by: string, stderrTail: string): RunFailure {
  const memory = by === 'SIGKILL' ? ': most likely it needed more memory than the mover may have' : '';
  return new RunFailure('Internal', `restic was killed by ${by}${memory}`, { stderrTail });
}
