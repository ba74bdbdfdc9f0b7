/** The commands for people as a process of their own, run from source: into pipes as scripts do, or on a terminal. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Ended {
  /** null when a signal ended it */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One call under way. */
export interface Call {
  /** Resolves when both streams are read and the process has ended. */
  readonly ended: Promise<Ended>;
  /** Resolves once it has written that text; rejects when it ends without. */
  said(text: string): Promise<void>;
  /** As a terminal does on Ctrl-C: through the terminal where there is one. */
  interrupt(): void;
}

export class CommandLine {
  readonly #env: NodeJS.ProcessEnv;
  readonly #flags: readonly string[];

  /**
   * @param namespace named behind every call; by none when undefined
   * @param env above that of this process
   */
  constructor(kubeconfig: string, namespace: string | undefined, env: NodeJS.ProcessEnv = {}) {
    this.#env = { ...process.env, KUBECONFIG: kubeconfig, FORCE_COLOR: undefined, NO_COLOR: undefined, ...env };
    this.#flags = namespace === undefined ? [] : ['--namespace', namespace];
  }

  /** Its end. */
  run(...args: readonly string[]): Promise<Ended> {
    return this.start(...args).ended;
  }

  /** Its output is read through pipes. */
  start(...args: readonly string[]): Call {
    const child = spawn(process.execPath, ['src/main.ts', ...args, ...this.#flags], { env: this.#env });
    return callOf(child, () => child.kill('SIGINT'));
  }

  /** On a terminal of 80 columns, by util-linux' script(1); what it draws is all in `stdout`. */
  onTerminal(...args: readonly string[]): Call {
    const words = [process.execPath, 'src/main.ts', ...args, ...this.#flags].map((word) => `'${word}'`);
    const command = `stty cols 80 rows 24; exec ${words.join(' ')}`;
    const env = { ...this.#env, TERM: 'xterm', SHELL: '/bin/sh' };
    const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], { env });
    return callOf(child, () => child.stdin.write('\u0003'));
  }
}

function callOf(child: ChildProcess, interrupt: () => unknown): Call {
  const written = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
      for (const listener of listeners) listener();
    });
  }
  const ended = once(child, 'close').then((): Ended => ({ code: child.exitCode, ...written }));
  return {
    ended,
    interrupt: () => void interrupt(),
    said: (text) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const look = () => {
        if (written.stdout.includes(text) || written.stderr.includes(text)) resolve();
      };
      listeners.add(look);
      look();
      const without = () => reject(new Error(`ended without "${text}":\n${written.stdout}\n${written.stderr}`));
      ended.then(without, reject);
      return promise;
    },
  };
}
