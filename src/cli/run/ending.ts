/** How a run ended: one sentence and an exit code. Pure. */
import { counted, formatBytes } from '#contracts/text/figures.ts';
import type { Backup } from '#crds/backup.ts';
import type { Restore } from '#crds/restore.ts';
import { type CliExitCode, cliExitCodes } from '../exit-codes.ts';
import { moved, switched } from '../migration/ending.ts';
import { span } from '../render/age.ts';
import { oneLine } from '../render/one-line.ts';
import { isMigration, isRestore, isSwitched, type Run } from './types.ts';

export interface Ending {
  readonly sentence: string;
  readonly exitCode: CliExitCode;
}

/** File names a sentence can hold. */
const mostFiles = 3;

/** Of a run that is over. */
export function endingOf(run: Run): Ending {
  const { status } = run;
  const what = `${run.kind} ${run.metadata.name}`;
  const phase = status?.phase ?? status?.outcome ?? 'Pending';
  switch (status?.outcome) {
    case 'Completed': {
      const partial = phase === 'PartiallyFailed';
      const sentence = [`${what} ${phase}${took(run)}`, ...doneBy(run)].join(', ');
      return { sentence, exitCode: partial ? cliExitCodes.partial : cliExitCodes.done };
    }
    case 'Canceled':
      return { sentence: `${what} Canceled${took(run)}`, exitCode: cliExitCodes.failed };
    case 'RolledBack':
      return {
        sentence: `${what} RolledBack, the data of before is back${because(run)}`,
        exitCode: cliExitCodes.failed,
      };
    case 'Failed':
      return { sentence: `${what} Failed ${why(run)}`, exitCode: cliExitCodes.failed };
    case undefined:
      if (isMigration(run) && isSwitched(run)) return { sentence: switched(run), exitCode: cliExitCodes.done };
      return { sentence: `${what} has not ended, it is ${phase}`, exitCode: cliExitCodes.partial };
  }
}

function doneBy(run: Run): string[] {
  if (isMigration(run)) return moved(run);
  if (isRestore(run)) return restored(run);
  return run.status?.phase === 'PartiallyFailed' ? unreadable(run) : stored(run);
}

function took({ status }: Run): string {
  if (status?.startedAt === undefined || status.completedAt === undefined) return '';
  return ` in ${span(Date.parse(status.completedAt) - Date.parse(status.startedAt))}`;
}

/** `at Store (NoSpace): the store is full` */
function why({ status }: Run): string {
  const { failure, failureClass } = status ?? {};
  if (failure === undefined) return 'for an unknown reason';
  return `at ${failure.step}${failureClass === undefined ? '' : ` (${failureClass})`}: ${oneLine(failure.message)}`;
}

/** Undone because of a failure, or because somebody asked for it. */
function because(run: Run): string {
  return run.status?.failure === undefined ? ', as was asked for' : `: ${why(run)}`;
}

function stored({ status }: Backup): string[] {
  const { size, added, verification } = status ?? {};
  return [
    ...(size === undefined ? [] : [`${size} in all`]),
    ...(added === undefined ? [] : [`${added} added`]),
    verification?.result === 'Passed' ? `verified (${verification.mode})` : 'not verified',
  ];
}

function unreadable({ status }: Backup): string[] {
  const volumes = status?.volumes ?? [];
  const count = volumes.reduce((sum, { filesFailed = 0 }) => sum + filesFailed, 0);
  const names = volumes.flatMap(({ unreadable: files = [] }) => files).map(oneLine);
  const shown = names.slice(0, mostFiles).join(', ');
  const more = count > mostFiles ? ' and others' : '';
  return [`${counted(count, 'file')} could not be read${shown === '' ? '' : `: ${shown}${more}`}`];
}

function restored({ status }: Restore): string[] {
  const { verification } = status ?? {};
  if (verification?.result !== 'Passed') return ['the result was not compared'];
  const read = verification.bytesRead > 0 ? `, ${formatBytes(verification.bytesRead)} read` : '';
  return [`${counted(verification.filesFound, 'file')} compared (${verification.mode}${read})`];
}
