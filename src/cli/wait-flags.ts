/** `--wait` and `--timeout`, of every command that begins something. */
import type { Command } from 'commander';
import { misuse } from './command.ts';
import { milliseconds } from './values.ts';

export interface WaitFlags {
  readonly wait?: boolean;
  /** milliseconds */
  readonly timeout?: number;
}

/** Adds them. */
export function withWait(command: Command): Command {
  return command
    .option('-w, --wait', 'follow it to its end; the exit code tells how it ended')
    .option(
      '--timeout <time>',
      'with --wait: how long, as 30m; what was begun goes on (default: for ever)',
      milliseconds,
    );
}

/** Of the flags together. @throws DKR_CONFIG_INVALID when there is a time limit and nobody waits */
export function checkWait({ wait = false, timeout }: WaitFlags): void {
  if (timeout !== undefined && !wait) throw misuse('--timeout says how long to wait: write --wait too');
}
