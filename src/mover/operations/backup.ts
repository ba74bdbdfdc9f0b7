/** A backup: source looked at, snapshot made, snapshot verified, and the policies applied to what was found. */
import { RunFailure } from '#contracts/mover/failure.ts';
import type { RequestOf } from '#contracts/mover/request.ts';
import type { MoverVerification } from '#contracts/mover/result.ts';
import type { Findings, MoverContext } from '../context.ts';
import type { MadeSnapshot } from '../engine.ts';
import { isEmptySource } from '../source.ts';
import { checkSnapshot, countSnapshot } from '../verify.ts';
import { failureOf } from './failure-of.ts';

type BackupRequest = RequestOf<'backup'>;

/** How many files a result names. */
const namedFiles = 20;

/** A failure after the snapshot was made is part of the findings, with the snapshot's id. */
export async function performBackup(request: BackupRequest, context: MoverContext): Promise<Findings> {
  const { engine, signal, report } = context;
  if (request.onEmptySource === 'Fail' && (await isEmptySource(request.source))) {
    throw new RunFailure('SourceEmpty', emptySentence(request));
  }
  report.progress('Scanning');
  const onProgress = report.progress.bind(report, 'Transferring');
  const made = await engine.backup(request, { signal, onProgress });
  const findings = findingsOf(request, made);
  const refused = refusal(request, made);
  if (refused !== undefined) return { ...findings, outcome: 'Failed', failure: failureOf(refused) };
  try {
    const verification = await verify(request, made, context);
    return { ...findings, outcome: made.stats.filesFailed > 0 ? 'Partial' : 'Succeeded', verification };
  } catch (error) {
    if (!(error instanceof RunFailure)) throw error;
    const verification = { result: 'Failed', mode: request.verify.mode, bytesRead: 0 } as const;
    return { ...findings, outcome: 'Failed', failure: failureOf(error), verification };
  }
}

function findingsOf(request: BackupRequest, { snapshotID, stats, unreadable, warnings }: MadeSnapshot) {
  const isEmpty = stats.filesTotal === 0 && request.onEmptySource === 'Warn';
  const told = isEmpty ? [emptySentence(request), ...warnings] : warnings;
  return {
    snapshotID,
    stats,
    ...(unreadable.length === 0 ? {} : { unreadable: unreadable.slice(0, namedFiles).map(({ path }) => path) }),
    ...(told.length === 0 ? {} : { warnings: told.slice(0, namedFiles) }),
  };
}

/** Why the policies do not let this snapshot pass. */
function refusal(request: BackupRequest, { stats, unreadable }: MadeSnapshot): RunFailure | undefined {
  if (stats.filesFailed > 0 && request.onUnreadableFiles === 'Fail') {
    const first = unreadable[0];
    const told = first === undefined ? '' : `, the first is ${first.path} (${first.reason})`;
    // What vanished while it was read may hold still next time; what may not be read stays so.
    const retryable = unreadable.length === stats.filesFailed && unreadable.every(({ isGone }) => isGone);
    const advice = retryable ? 'use a snapshot of the volume' : 'let the mover run as a user that may read it';
    const message = `${stats.filesFailed} files could not be read${told}: ${advice}, exclude it, or set onUnreadableFiles: Warn`;
    return new RunFailure('SourceUnreadable', message, { retryable });
  }
  if (stats.filesTotal === 0 && request.onEmptySource === 'Fail') {
    return new RunFailure('SourceEmpty', emptySentence(request));
  }
  return undefined;
}

function emptySentence({ source, exclude }: BackupRequest): string {
  const filtered = exclude.length === 0 ? '' : ', or everything in it is excluded';
  return `there is no file in ${source}${filtered}: if that is right, set onEmptySource: Allow`;
}

/** @throws RunFailure `VerificationFailed`, `RepositoryCorrupt`, or why it could not be verified */
async function verify(
  { verify: wanted }: BackupRequest,
  { snapshotID, stats }: MadeSnapshot,
  context: MoverContext,
): Promise<MoverVerification> {
  if (wanted.mode === 'None') return { result: 'Skipped', mode: 'None', bytesRead: 0 };
  const percent = wanted.mode === 'Data' ? wanted.readDataPercent : undefined;
  const bytesRead = await checkSnapshot(context, snapshotID, percent);
  const { files, bytes } = await countSnapshot(context, snapshotID);
  if (files !== stats.filesTotal || bytes !== stats.sizeBytes) {
    const message = `the snapshot has ${files} files of ${bytes} bytes, and ${stats.filesTotal} of ${stats.sizeBytes} were read`;
    throw new RunFailure('VerificationFailed', message);
  }
  return { result: 'Passed', mode: wanted.mode, bytesRead, filesExpected: stats.filesTotal, filesFound: files };
}
