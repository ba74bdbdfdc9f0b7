/**
 * Runs a program of the image build in mount and process namespaces of its own: whatever it mounts or starts is gone when
 * it ends, also when it or we are killed. Relies on root and on util-linux.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder a build writes to, and what ends it early. */
export interface Workplace {
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Where buildah keeps a cache that two builds would share, whatever storage it is told to use. */
const sharedState = '/var/lib/containers';

/**
 * Resolves to the program's standard output once it and all it started have ended. Rejects with what it said on any
 * exit code but 0, and with the signal's reason when aborted.
 */
export async function runSandboxed(place: Workplace, program: string, args: readonly string[]): Promise<string> {
  place.signal.throwIfAborted();
  const [temporary, state] = [join(place.folder, 'tmp'), join(place.folder, 'state')];
  await Promise.all([temporary, state].map((folder) => mkdir(folder, { recursive: true })));
  const enter = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const hide = `mkdir -p ${sharedState} && mount --bind "$0" ${sharedState} && exec "$@"`;
  const child = spawn('setpriv', [...enter, 'sh', '-c', hide, state, program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: temporary, SOURCE_DATE_EPOCH: '0' },
  });
  const [out, err]: string[][] = [[], []];
  child.stdout.setEncoding('utf8').on('data', (text: string) => out?.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => err?.push(text));
  const stop = () => child.kill('SIGKILL');
  place.signal.addEventListener('abort', stop, { once: true });
  try {
    // `close` comes when nobody holds the pipes any more, so nothing of the program writes to the folder after it.
    const [code] = (await once(child, 'close')) as [number | null];
    place.signal.throwIfAborted();
    if (code === 0) return (out ?? []).join('');
    const said = (err ?? []).join('').trim().split('\n').slice(-8).join('\n  ');
    throw new Error(`${program} ${args.join(' ')}: ${code === null ? 'was killed' : `exit code ${code}`}\n  ${said}`);
  } finally {
    place.signal.removeEventListener('abort', stop);
  }
}

/** Runs buildah with storage inside the workplace. */
export function buildah(place: Workplace, args: readonly string[]): Promise<string> {
  const storage = ['--root', join(place.folder, 'storage'), '--runroot', join(place.folder, 'run')];
  return runSandboxed(place, 'buildah', [...storage, '--storage-driver', 'overlay', ...args]);
}
