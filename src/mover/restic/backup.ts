/** `restic backup`: reads a folder into a snapshot. */
import { join } from 'node:path';
import { RunFailure } from '#contracts/mover/failure.ts';
import type { BackupOrder, CallOptions, MadeSnapshot } from '../engine.ts';
import { ownFolder } from '../target/place.ts';
import { refuseFullStore, resticFailure } from './failure.ts';
import { type BackupSummary, backupLine, parseLine } from './messages.ts';
import { type ResticProgram, runRestic } from './process.ts';
import { TroubleLog } from './trouble.ts';

const compressions = { None: 'off', Auto: 'auto', Max: 'max' } as const;

/** Exit code of a backup that made its snapshot without some files. */
const incomplete = 3;

/** @throws RunFailure also when an include matches nothing: a backup that lacks what was asked for is none */
export async function backup(
  restic: ResticProgram,
  order: BackupOrder,
  { signal, onProgress }: CallOptions,
): Promise<MadeSnapshot> {
  const trouble = new TroubleLog();
  let summary: BackupSummary | undefined;
  const onOutput = (line: string) => {
    const message = parseLine(backupLine, line);
    if (message?.message_type === 'summary') summary = message;
    if (message?.message_type !== 'status') return;
    onProgress?.({
      bytesDone: message.bytes_done,
      totalBytes: message.total_bytes,
      filesDone: message.files_done,
      totalFiles: message.total_files,
    });
  };
  const run = { args: backupArgs(order), input: targets(order), signal, onOutput };
  const onError = (line: string) => {
    refuseFullStore(line);
    trouble.add(line);
  };
  const end = await runRestic(restic, { ...run, onError });
  if (end.exitCode !== 0 && end.exitCode !== incomplete) throw resticFailure(end);
  if (summary === undefined) throw new RunFailure('Internal', 'restic made no snapshot', end);
  const unmatched = trouble.warnings.find((line) => line.includes('does not match any files'));
  if (unmatched !== undefined) {
    throw new RunFailure('SourceEmpty', `an include matches nothing: ${unmatched}`, { stderrTail: end.stderrTail });
  }
  // Restic ends so for a reason; were it not one of the files', the backup must not pass for whole.
  if (end.exitCode === incomplete && trouble.count + trouble.mended === 0) throw resticFailure(end);
  return madeSnapshot(summary, trouble);
}

function backupArgs({ source, host, tags, exclude, compression }: BackupOrder): string[] {
  return [
    'backup',
    '--json',
    '--files-from=-',
    `--host=${host}`,
    // Which snapshot is the parent hangs on the claim alone, not on what is included today.
    '--group-by=host',
    `--compression=${compressions[compression]}`,
    ...tags.map((tag) => `--tag=${tag}`),
    `--exclude=${join(literal(source), ownFolder)}`,
    ...exclude.map((pattern) => `--exclude=${pattern.startsWith('/') ? join(source, pattern) : pattern}`),
  ];
}

/** One pattern a line. */
function targets({ source, include }: BackupOrder): string {
  const folder = literal(source);
  const patterns = include.length === 0 ? [folder] : include.map((pattern) => join(folder, pattern));
  return `${patterns.join('\n')}\n`;
}

/** A path may have characters that patterns give a meaning to. */
function literal(path: string): string {
  return path.replace(/[\\*?[]/g, '\\$&');
}

function madeSnapshot(summary: BackupSummary, trouble: TroubleLog): MadeSnapshot {
  return {
    snapshotID: summary.snapshot_id,
    stats: {
      sizeBytes: summary.total_bytes_processed,
      addedBytes: summary.data_added,
      storedBytes: summary.data_added_packed,
      filesNew: summary.files_new,
      filesChanged: summary.files_changed,
      filesUnmodified: summary.files_unmodified,
      filesFailed: trouble.count,
      filesTotal: summary.total_files_processed,
    },
    unreadable: trouble.files,
    warnings: trouble.mended === 0 ? trouble.warnings : [mendedSentence(trouble), ...trouble.warnings],
  };
}

function mendedSentence({ mended }: TroubleLog): string {
  return `${mended} files were stored again whole, because the repository had lost parts of them`;
}
