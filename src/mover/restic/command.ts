/** restic's commands as functions that resolve to what was asked for or reject with a `RunFailure`. */
import type * as z from 'zod';
import { RunFailure } from '#contracts/mover/failure.ts';
import { refuseFullStore, resticFailure } from './failure.ts';
import { type ResticEnd, type ResticProgram, type ResticRun, runRestic } from './process.ts';

/** Runs a command that has to end with 0. A store that is full ends it: restic would try for a quarter of an hour. */
export async function command(restic: ResticProgram, run: ResticRun): Promise<ResticEnd> {
  const onError = (line: string) => {
    refuseFullStore(line);
    run.onError?.(line);
  };
  const end = await runRestic(restic, { ...run, onError });
  if (end.exitCode !== 0) throw resticFailure(end);
  return end;
}

/** Runs a command whose output is one JSON document. */
export async function document<T>(
  restic: ResticProgram,
  schema: z.ZodType<T>,
  args: readonly string[],
  signal: AbortSignal,
): Promise<T> {
  const lines: string[] = [];
  await command(restic, { args: [...args, '--json'], signal, onOutput: (line) => lines.push(line) });
  try {
    return schema.parse(JSON.parse(lines.join('\n')));
  } catch (cause) {
    throw new RunFailure('Internal', `restic ${args[0] ?? ''} said something else than it should`, { cause });
  }
}
