/** `restic restore`: writes a snapshot, or a folder of it, into a folder. */
import { RunFailure } from '#contracts/mover/failure.ts';
import type { CallOptions, Restored, RestoreOrder } from '../engine.ts';
import { ownFolder } from '../target/place.ts';
import { refuseFullStore, resticFailure } from './failure.ts';
import { parseLine, type RestoreSummary, restoreLine } from './messages.ts';
import { type ResticEnd, type ResticProgram, runRestic } from './process.ts';
import { TroubleLog } from './trouble.ts';

const overwrites = { Always: 'always', IfChanged: 'if-changed', IfNewer: 'if-newer', Never: 'never' } as const;

/**
 * Extended attributes that no mover may set, and the system itself keeps. restic gives up at the first that it is refused, and as
 * anybody but root says nothing of it, so that those after it would be lost: access control lists, and what applications keep.
 */
const foreignAttributes =
  process.geteuid?.() === 0
    ? ['trusted.*', 'security.selinux', 'security.ima', 'security.evm']
    : ['trusted.*', 'security.*'];

/** Files that could not be written are no rejection: they are named in what it resolves to. */
export async function restore(
  restic: ResticProgram,
  order: RestoreOrder,
  { signal, onProgress }: CallOptions,
): Promise<Restored> {
  const writing = new TroubleLog();
  const reading = new TroubleLog();
  let summary: RestoreSummary | undefined;
  const onOutput = (line: string) => {
    const message = parseLine(restoreLine, line);
    if (message === undefined) return;
    if (message.message_type === 'summary') summary = message;
    onProgress?.({
      bytesDone: message.bytes_restored,
      totalBytes: message.total_bytes,
      filesDone: message.files_restored,
      totalFiles: message.total_files,
    });
  };
  // The summary comes when all is written, and reading it again comes after.
  const onError = (line: string) => {
    refuseFullStore(line);
    (summary === undefined ? writing : reading).add(line);
  };
  const end = await withoutLockIfRefused((more) =>
    runRestic(restic, { args: [...restoreArgs(order), ...more], signal, onOutput, onError }),
  );
  const isTold = writing.count + reading.count > 0;
  if (end.exitCode !== 0 && !isTold) throw resticFailure(end);
  if (/no space left on device|disk quota exceeded/i.test(writing.files.map(({ reason }) => reason).join('\n'))) {
    throw new RunFailure('NoSpace', 'the target is full', end);
  }
  if (summary === undefined) throw resticFailure(end);
  return {
    filesRestored: summary.files_restored,
    filesSkipped: summary.files_skipped,
    filesTotal: summary.total_files,
    bytesRestored: summary.bytes_restored,
    bytesTotal: summary.total_bytes,
    failed: writing.files,
    differing: reading.files.map(({ path }) => path),
  };
}

/**
 * A store that is full, or that may only be read, takes no lock and has the data nevertheless. The lock keeps others from
 * pruning meanwhile, so it is tried for first.
 */
async function withoutLockIfRefused(run: (more: readonly string[]) => Promise<ResticEnd>): Promise<ResticEnd> {
  const end = await run([]).catch((error: unknown) => {
    if (error instanceof RunFailure && error.class === 'NoSpace') return undefined;
    throw error;
  });
  const isRefused = end === undefined || (end.exitCode === 1 && /unable to create lock/.test(end.stderrTail));
  return isRefused ? run(['--no-lock']) : end;
}

function restoreArgs(order: RestoreOrder): string[] {
  return [
    'restore',
    `${order.snapshotID}:${order.folder}`,
    '--json',
    `--target=${order.target}`,
    `--overwrite=${overwrites[order.overwrite]}`,
    '--sparse',
    // The target's own; to remove it would be refused. An include leaves it out, and takes no exclude beside it.
    ...(order.include.length === 0 ? [`--exclude=/${ownFolder}`] : []),
    ...foreignAttributes.map((pattern) => `--exclude-xattr=${pattern}`),
    ...(order.deleteExtraneous ? ['--delete'] : []),
    ...(order.readBack ? ['--verify'] : []),
    ...order.include.map((pattern) => `--include=${pattern}`),
    ...order.exclude.map((pattern) => `--exclude=${pattern}`),
  ];
}
