/** Maintenance of a repository as its status tells it. Pure. */

import { formatBytes } from '#contracts/text/figures.ts';
import type { BackupStore, TaskStatus } from '#crds/backup-store.ts';
import { type CliExitCode, cliExitCodes } from '../exit-codes.ts';
import { oneLine } from '../render/one-line.ts';

export type Maintenance = 'check' | 'prune';

/** By which it is asked for: each value once. */
export const requestAnnotation: { readonly [M in Maintenance]: string } = {
  check: 'dokkerr.io/check',
  prune: 'dokkerr.io/prune',
};

function taskOf({ status }: BackupStore, maintenance: Maintenance): TaskStatus {
  return status?.[maintenance] ?? {};
}

/** The request was obeyed, and its end is in the status. */
export function isHandled(store: BackupStore, maintenance: Maintenance, request: string): boolean {
  return taskOf(store, maintenance).handledRequest === request;
}

/** A line where what it does or waits for has changed. */
export function taskNews(before: BackupStore | undefined, after: BackupStore, maintenance: Maintenance): string[] {
  const said = ({ underWay, held }: TaskStatus) => underWay ?? (held === undefined ? undefined : `held: ${held}`);
  const now = said(taskOf(after, maintenance));
  const then = before === undefined ? undefined : said(taskOf(before, maintenance));
  return now === undefined || now === then ? [] : [`${maintenance}: ${oneLine(now)}`];
}

/** How it ended. */
export function outcomeOf(
  store: BackupStore,
  maintenance: Maintenance,
): { readonly sentence: string; readonly exitCode: CliExitCode } {
  const { failure, message = '' } = taskOf(store, maintenance);
  const { name } = store.metadata;
  const { lastCheckResult, reclaimedBytes = 0 } = store.status ?? {};
  if (failure !== undefined) {
    return {
      sentence: `the ${maintenance} of BackupStore ${name} failed (${failure}): ${oneLine(message)}`,
      exitCode: cliExitCodes.failed,
    };
  }
  if (maintenance === 'prune') {
    return {
      sentence: `BackupStore ${name} is pruned, ${formatBytes(reclaimedBytes)} given back`,
      exitCode: cliExitCodes.done,
    };
  }
  return lastCheckResult === 'Failed'
    ? { sentence: `BackupStore ${name} is damaged: ${oneLine(message)}`, exitCode: cliExitCodes.failed }
    : { sentence: `BackupStore ${name} is whole`, exitCode: cliExitCodes.done };
}
