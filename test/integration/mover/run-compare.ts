/** Runs a comparison as a process of its own, with the rights of whom a mover would run as. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ComparisonOrder } from '#contracts/mover/request.ts';
import type { MoverResult } from '#contracts/mover/result.ts';

export interface CompareOrder extends ComparisonOrder {
  readonly target: string;
}

export interface Compared extends Pick<MoverResult, 'outcome' | 'verification' | 'warnings'> {
  readonly failure?: { readonly message: string; readonly retryable: boolean; readonly isCanceled?: boolean };
}

export interface RunningComparison {
  readonly child: ChildProcess;
  readonly found: Promise<Compared>;
  /** what it said meanwhile, of the kind of `MoverLine` */
  readonly lines: Promise<readonly unknown[]>;
}

/** @param prefix put in front of the command line */
export function startCompare({ target, ...order }: CompareOrder, prefix: readonly string[] = []): RunningComparison {
  const script = join(import.meta.dirname, 'compare-process.ts');
  const [program, ...args] = [...prefix, process.execPath, script, target, JSON.stringify(order)];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const said = Promise.all([text(child.stdout), once(child, 'close')]).then(([all]) =>
    all
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line)),
  );
  return {
    child,
    found: said.then((all) => all.at(-1) as Compared),
    lines: said.then((all) => all.slice(0, -1)),
  };
}
