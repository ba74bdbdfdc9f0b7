// The PID, mount and UTS namespaces of a cluster, held by one process: killing it ends every process inside, and with
// the last process the mounts go too. Relies on unshare(1) and nsenter(1) of util-linux; the caller must be root.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { run } from './command.ts';
import { identify, isAlive, type ProcessIdentity, signalProcess } from './identity.ts';
import { waitUntil } from './wait.ts';

/** bash as process 1 reaps the orphans that containerd's shims become; `sleep` alone would leave them as zombies. */
const initScript = 'while :; do sleep infinity & wait $!; done';

/** The children of a process on the host, from the kernel's own list. */
export async function childrenOf(pid: number): Promise<number[]> {
  try {
    const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return list.split(' ').filter(Boolean).map(Number);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return [];
    throw error;
  }
}

async function programOf(pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/comm`, 'utf8')).trim();
}

/** Starts process 1 of a new set of namespaces that shares the network namespace `netns`; resolves once it is set up. */
export async function startInit(netns: string): Promise<ProcessIdentity> {
  const unshare = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc', '--uts', 'bash', '-c', initScript];
  const outer = spawn('nsenter', [`--net=/run/netns/${netns}`, '--', ...unshare], { stdio: 'ignore', detached: true });
  outer.unref();
  const started = Promise.withResolvers<never>();
  outer.on('error', started.reject);
  outer.on('exit', (code) => started.reject(new Error(`unshare ended with exit code ${code}`)));
  started.promise.catch(() => undefined);
  let init: ProcessIdentity | undefined;
  const ready = waitUntil(
    'namespaces of the cluster',
    async () => {
      const [child] = outer.pid === undefined ? [] : await childrenOf(outer.pid);
      // Until it runs bash, it has yet to mount its /proc.
      if (child === undefined || (await programOf(child)) !== 'bash') return false;
      init = identify(child);
      return init !== undefined;
    },
    { timeoutMs: 10_000, intervalMs: 5 },
  );
  await Promise.race([ready, started.promise]);
  if (init === undefined) throw new Error('the first process of the cluster ended at once');
  return init;
}

/** The arguments of nsenter(1) that run a program in all namespaces of that process. */
export function enterArgs(init: ProcessIdentity): string[] {
  return [`--target=${init.pid}`, '--net', '--mount', '--uts', '--pid', '--wd=/', '--'];
}

/** Runs a program to its end inside; see {@link run}. */
export function runInside(init: ProcessIdentity, binary: string, args: readonly string[]): Promise<string> {
  return run('nsenter', [...enterArgs(init), binary, ...args]);
}

/** Kills everything inside and resolves when the last process is gone. */
export async function killNamespaces(init: ProcessIdentity): Promise<void> {
  // The kernel ends process 1 of a PID namespace only after every other process in it; see pid_namespaces(7).
  signalProcess(init, 'SIGKILL');
  await waitUntil(`end of process ${init.pid} and all below it`, () => !isAlive(init), {
    timeoutMs: 30_000,
    intervalMs: 10,
  });
}
