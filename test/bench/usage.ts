/** What a process uses, from /proc (proc_pid_stat(5), proc_pid_status(5)). */
import { readFile } from 'node:fs/promises';

export interface Usage {
  /** user and system time of all its threads, so far */
  readonly cpuSeconds: number;
  readonly rssMiB: number;
  /** the most it ever was */
  readonly peakRssMiB: number;
}

/** USER_HZ, which is 100 on every architecture Linux serves to user space. */
const ticksPerSecond = 100;

/** Rejects when the process is gone. */
export async function readUsage(pid: number): Promise<Usage> {
  const [stat, status] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
  ]);
  // The second field is the program's name in parentheses and may hold blanks; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return {
    cpuSeconds: ticks / ticksPerSecond,
    rssMiB: mebibytes(status, 'VmRSS'),
    peakRssMiB: mebibytes(status, 'VmHWM'),
  };
}

function mebibytes(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) / 1024;
}
