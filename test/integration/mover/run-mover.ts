/** Runs a mover as a process of its own, as a pod does, and reads what it leaves behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { requestVariable } from '#contracts/mover/files.ts';
import { type MoverLine, moverLine } from '#contracts/mover/progress.ts';
import type { MoverRequestInput } from '#contracts/mover/request.ts';
import { type MoverResult, moverResult, resultLimit } from '#contracts/mover/result.ts';
import { filesBelow } from './mounts.ts';

/** How a mover ended. */
export interface Ended {
  readonly exitCode: number | null;
  readonly result: MoverResult;
  /** what it said meanwhile */
  readonly lines: readonly MoverLine[];
}

/** A mover under way. */
export interface RunningMover {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export interface RunOptions {
  /** folder of its mounts */
  readonly folder: string;
  /** path of restic's program */
  readonly restic: string;
  /** put in front of the command line */
  readonly prefix?: readonly string[];
}

/** @param request as JSON; a text is passed as it is */
export function startMover(
  request: MoverRequestInput | string,
  { folder, restic, prefix = [] }: RunOptions,
): RunningMover {
  const text = typeof request === 'string' ? request : JSON.stringify(request);
  const script = join(import.meta.dirname, 'mover-process.ts');
  const [program, ...args] = [...prefix, process.execPath, script, folder, restic];
  const env = { PATH: process.env.PATH, [requestVariable]: text };
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  return { child, ended: outcome(child, folder) };
}

async function outcome(child: ChildProcess, folder: string): Promise<Ended> {
  const lines: MoverLine[] = [];
  if (child.stdout === null) throw new Error('the mover has no output');
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(moverLine.parse(JSON.parse(line))));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  const text = await readFile(filesBelow(folder).result, 'utf8');
  if (Buffer.byteLength(text) > resultLimit) throw new Error(`a result of ${Buffer.byteLength(text)} bytes`);
  return { exitCode, result: moverResult.parse(JSON.parse(text)), lines };
}
