/** What the processes of pods use, seen from the host they run on. */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kubectl } from '#cluster/kubectl.ts';
import { readUsage, type Usage } from './usage.ts';

/** Milliseconds between two looks: short beside what is looked at. */
const lookEvery = 500;

interface Seen {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly status: { readonly phase: string };
}

/** @param args of `kubectl get pods` */
export async function podsOf(kubectl: Kubectl, args: readonly string[]): Promise<readonly Seen[]> {
  return (await kubectl.json<{ items: Seen[] }>(['get', 'pods', ...args])).items;
}

/** Of every process of the pods, with the program's name. */
export async function usageOfPods(pods: readonly Seen[]): Promise<readonly (Usage & { readonly program: string })[]> {
  // A cgroup is called by the pod's UID, in which systemd wants no dashes.
  const names = pods.flatMap(({ metadata: { uid } }) => [uid, uid.replaceAll('-', '_')]);
  const found = await Promise.all(
    (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map((pid) => usageIfIn(names, pid)),
  );
  return found.filter((one) => one !== undefined);
}

async function usageIfIn(names: readonly string[], pid: string) {
  try {
    const group = await readFile(`/proc/${pid}/cgroup`, 'utf8');
    if (!names.some((name) => group.includes(name))) return undefined;
    const program = (await readFile(`/proc/${pid}/comm`, 'utf8')).trim();
    return { ...(await readUsage(Number(pid))), program };
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}

/** What was seen of pods while something went on. */
export interface Watched<T> {
  readonly result: T;
  /** MiB that each program held at most */
  readonly peakMiB: ReadonlyMap<string, number>;
  /** how many of the pods ran at once at most */
  readonly atOnce: number;
}

/** Looks at the pods again and again until `work` has ended. */
export async function watchPods<T>(kubectl: Kubectl, args: readonly string[], work: Promise<T>): Promise<Watched<T>> {
  const peakMiB = new Map<string, number>();
  let atOnce = 0;
  let isOver = false;
  const over = work.finally(() => {
    isOver = true;
  });
  over.catch(() => undefined);
  while (!isOver) {
    const running = (await podsOf(kubectl, args)).filter(({ status }) => status.phase === 'Running');
    atOnce = Math.max(atOnce, running.length);
    for (const { program, peakRssMiB } of await usageOfPods(running)) {
      peakMiB.set(program, Math.max(peakMiB.get(program) ?? 0, peakRssMiB));
    }
    await sleep(lookEvery);
  }
  return { result: await over, peakMiB, atOnce };
}
