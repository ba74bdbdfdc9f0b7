// One lock a file, shared by every process of this machine. It is the kernel's own (flock(2), through util-linux's
// `flock`), so it goes with its holder however that dies: there are no stale locks to judge.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How to wait for a lock. */
export interface LockOptions {
  /** Called once if somebody else holds the lock. */
  readonly onWait?: () => void;
  readonly signal?: AbortSignal;
}

interface Lock {
  release(): Promise<void>;
}

/** Exit code we ask `flock` to use for "somebody else holds it". */
const HELD_ELSEWHERE = 75;

/**
 * Holds the lock of `file` (created if absent) while `work` runs, and resolves to what it resolves to. Rejects with the
 * signal's reason when aborted while waiting.
 */
export async function withLock<T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  let lock = await acquire(file, ['--nonblock'], options.signal);
  if (lock === undefined) {
    options.onWait?.();
    lock = await acquire(file, [], options.signal);
  }
  if (lock === undefined) throw new Error(`flock gave up waiting for ${file}`);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** Resolves to undefined when somebody else holds the lock and `mode` says not to wait. */
async function acquire(file: string, mode: readonly string[], signal?: AbortSignal): Promise<Lock | undefined> {
  signal?.throwIfAborted();
  // `cat` keeps the lock until its input closes, which our death does too. While `flock` still waits it reads nothing,
  // so it is told to die with us.
  const holder = spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', 'flock', '--exclusive', `--conflict-exit-code=${HELD_ELSEWHERE}`, ...mode, file].concat([
      'sh',
      '-c',
      'echo held; exec cat',
    ]),
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = once(holder, 'close');
  const stop = () => holder.kill('SIGKILL');
  signal?.addEventListener('abort', stop, { once: true });
  const [held, code] = await Promise.race([
    once(holder.stdout, 'data').then(() => [true, null] as const),
    ended.then(([exitCode]) => [false, exitCode as number | null] as const),
  ]);
  signal?.removeEventListener('abort', stop);
  if (held) {
    return {
      release: async () => {
        holder.stdin.end();
        await ended;
      },
    };
  }
  signal?.throwIfAborted();
  if (code === HELD_ELSEWHERE) return undefined;
  throw new Error(`flock ${file}: exit code ${code}`);
}
