// Tells one process from another that later got the same number, by the start time the kernel keeps in /proc.
import { readdirSync, readFileSync } from 'node:fs';

/** A process for as long as it lives: a process id alone is reused by the kernel. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Field 22 of `/proc/<pid>/stat`: clock ticks between boot and the start of the process. */
  readonly startTime: number;
  /** `/proc/sys/kernel/random/boot_id`: the same id and start time may come back after a reboot. */
  readonly bootId: string;
}

/** What `/proc/<pid>/stat` says of a process: its state letter, parent, number of threads and start time. See proc(5). */
export function parseStat(stat: string): { state: string; parent: number; threads: number; startTime: number } {
  // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state = '', parent, threads] = [fields[0], Number(fields[1]), Number(fields[17])];
  return { state, parent, threads, startTime: Number(fields[19]) };
}

/** A first thread is a zombie already while the others end, which hold the program's files and ports until then. */
export function hasEnded({ state, threads }: Pick<ReturnType<typeof parseStat>, 'state' | 'threads'>): boolean {
  return state === 'X' || (state === 'Z' && threads <= 1);
}

function statOf(pid: number | string): ReturnType<typeof parseStat> | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

/** The number of a process's parent, undefined if there is no such process. */
export function parentOf(pid: number): number | undefined {
  return statOf(pid)?.parent;
}

/** The identity of a running process, undefined if there is none of that number or if it is a zombie. */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = statOf(pid);
  if (stat === undefined || hasEnded(stat)) return undefined;
  const { startTime } = stat;
  return { pid, startTime, bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() };
}

/** True while the very process lives, false once it ended, became a zombie, or its number went to another. */
export function isAlive(identity: ProcessIdentity, look: typeof identify = identify): boolean {
  const now = look(identity.pid);
  return now !== undefined && now.startTime === identity.startTime && now.bootId === identity.bootId;
}

/** True when every thread of it has been stopped by a signal: each goes on until the kernel has a look at it. */
export function isStopped({ pid }: ProcessIdentity): boolean {
  return readdirSync(`/proc/${pid}/task`).every((thread) => statOf(`${pid}/task/${thread}`)?.state === 'T');
}

/** Sends a signal to that very process; false if it is gone. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    process.kill(identity.pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
