/** What a store does when it is asked to, as its status tells it. Pure. */
import { counted, formatBytes } from '#contracts/text/figures.ts';
import type { BackupStore, TaskStatus } from '#crds/backup-store.ts';
import { type CliExitCode, cliExitCodes } from '../exit-codes.ts';
import { oneLine } from '../render/one-line.ts';

/** Asked for by an annotation: each value once. */
export type Maintenance = 'check' | 'prune' | 'sync';

/** Where it stands in the status. */
export type TaskKey = Maintenance | 'rotation';

export const requestAnnotation: { readonly [M in Maintenance]: string } = {
  check: 'dokkerr.io/check',
  prune: 'dokkerr.io/prune',
  sync: 'dokkerr.io/sync',
};

export interface TaskEnd {
  readonly sentence: string;
  readonly exitCode: CliExitCode;
}

/** Where it stands; empty before it was ever done. */
export function taskOf({ status }: BackupStore, key: TaskKey): TaskStatus {
  return status?.[key] ?? {};
}

/** The request was obeyed, and its end is in the status. */
export function isHandled(store: BackupStore, key: TaskKey, request: string): boolean {
  return taskOf(store, key).handledRequest === request;
}

/** A line where what it does or waits for has changed. */
export function taskNews(before: BackupStore | undefined, after: BackupStore, key: TaskKey): string[] {
  const now = said(taskOf(after, key));
  const then = before === undefined ? undefined : said(taskOf(before, key));
  return now === undefined || now === then ? [] : [`${key}: ${oneLine(now)}`];
}

function said({ underWay, held, failure, message = '' }: TaskStatus): string | undefined {
  if (underWay !== undefined) return underWay;
  if (held !== undefined) return `held: ${held}`;
  return failure === undefined ? undefined : `failed (${failure}): ${message}`;
}

/** How one that was handled ended. */
export function maintenanceEnd(store: BackupStore, key: Maintenance): TaskEnd {
  const { failure, message = '' } = taskOf(store, key);
  const what = `BackupStore ${store.metadata.name}`;
  if (failure !== undefined) {
    return {
      sentence: `the ${key} of ${what} failed (${failure}): ${oneLine(message)}`,
      exitCode: cliExitCodes.failed,
    };
  }
  const { lastCheckResult, reclaimedBytes = 0, snapshotCount = 0 } = store.status ?? {};
  const done = (sentence: string): TaskEnd => ({ sentence, exitCode: cliExitCodes.done });
  switch (key) {
    case 'check':
      return lastCheckResult === 'Failed'
        ? { sentence: `${what} is damaged: ${oneLine(message)}`, exitCode: cliExitCodes.failed }
        : done(`${what} is whole`);
    case 'prune':
      return done(`${what} is pruned, ${formatBytes(reclaimedBytes)} given back`);
    case 'sync':
      return done(`${what} has ${counted(snapshotCount, 'snapshot')}, and the cluster knows them`);
  }
}
