/** A restore: the snapshot verified and the space checked before a byte is written, and what was written verified after. */
import { stat } from 'node:fs/promises';
import { RunFailure } from '#contracts/mover/failure.ts';
import type { RequestOf } from '#contracts/mover/request.ts';
import type { MoverSnapshot, MoverVerification } from '#contracts/mover/result.ts';
import type { Findings, MoverContext } from '../context.ts';
import type { Restored, SnapshotEntry } from '../engine.ts';
import { Comparison } from '../target/compare.ts';
import { extraneousBytes, removeExtraneous } from '../target/extraneous.ts';
import { keepOwners } from '../target/owners.ts';
import { folderToRestore, placeOf } from '../target/place.ts';
import { adoptRoot } from '../target/root.ts';
import { freeBytes, refuseTooSmall, SpaceNeeded } from '../target/space.ts';
import { checkSnapshot, countSnapshot } from '../verify.ts';
import { compareFolders } from './compare.ts';
import { failureOf } from './failure-of.ts';

type RestoreRequest = RequestOf<'restore'>;

/** How many files a result names. */
const namedFiles = 20;

/** @throws RunFailure for whatever is found before something was written */
export async function performRestore(request: RestoreRequest, context: MoverContext): Promise<Findings> {
  const { engine, signal, report } = context;
  await requireFolder(request.target);
  report.progress('Verifying');
  const { folder, root, needed } = await survey(request, context);
  if (isWhole(request)) await refuseWithoutRoom(request, folder, needed, context);
  await checkSnapshot(context, request.snapshotID, request.verifySource === 'Data' ? 100 : undefined);
  const onProgress = report.progress.bind(report, 'Transferring');
  const order = { ...request, folder, readBack: request.verify === 'Checksum' };
  const write = () => engine.restore(order, { signal, onProgress });
  const restored = await write().catch(async (error: unknown) => {
    if (!isFull(error) || !becomesSnapshot(request)) throw error;
    removeExtraneous(request.target, await placesKept(request, folder, context));
    return write();
  });
  const rootTold = root !== undefined && isWhole(request) ? await adoptRoot(root, request.target) : undefined;
  // A comparison would not know why something was not written.
  if (request.compareWith !== undefined && restored.failed.length + restored.differing.length === 0) {
    const wanted = { ...request.compareWith, target: request.target, expectedEntries: restored.filesTotal };
    const { warnings = [], ...compared } = await compareFolders(wanted, context);
    return { ...findingsOf(request, restored, [rootTold, ...warnings]), ...compared };
  }
  const { verification, disowned } = await verify(request, folder, restored, context);
  const findings = findingsOf(request, restored, [rootTold, disowned]);
  const { mismatches = 0 } = verification;
  if (mismatches === 0) return { ...findings, outcome: 'Succeeded', verification };
  const sentence = `${mismatches} files are not as in the snapshot, the first: ${verification.mismatched?.[0] ?? 'unknown'}`;
  return { ...findings, outcome: 'Failed', verification, failure: failureOf(failed(sentence, restored)) };
}

async function requireFolder(target: string): Promise<void> {
  const found = await stat(target).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  throw new RunFailure('Internal', `there is no folder ${target}: is the volume mounted there?`, { retryable: false });
}

/** Reads through the snapshot: which folder of it is meant, and how much it has to write. */
async function survey({ snapshotID, source, target }: RestoreRequest, context: MoverContext) {
  const space = new SpaceNeeded();
  let folder = source;
  let root: SnapshotEntry | undefined;
  await countSnapshot(context, snapshotID, {
    snapshot: (snapshot: MoverSnapshot) => {
      folder = folderToRestore(snapshot, source);
    },
    entry: (entry) => {
      if (entry.path === folder) root = entry;
      const place = placeOf(entry.path, folder, target);
      if (place !== undefined) space.add(entry, place);
    },
  });
  return { folder, root, needed: space.bytes };
}

/** Every path of the target that the snapshot has: as many as there are, so asked for only where it matters. */
async function placesKept(request: RestoreRequest, folder: string, context: MoverContext) {
  const kept = new Set<string>();
  await visitPlaces(request, folder, context, (_, place) => kept.add(place));
  return kept;
}

/** Shows each entry of the snapshot that is to lie in the target, with its place there. */
async function visitPlaces(
  { snapshotID, target }: RestoreRequest,
  folder: string,
  context: MoverContext,
  visit: (entry: SnapshotEntry, place: string) => unknown,
): Promise<void> {
  await countSnapshot(context, snapshotID, {
    snapshot: () => undefined,
    entry: (entry) => {
      const place = placeOf(entry.path, folder, target);
      if (place !== undefined) visit(entry, place);
    },
  });
}

/** @throws RunFailure when it does not fit, not even where what the snapshot does not have is removed for it */
async function refuseWithoutRoom(
  request: RestoreRequest,
  folder: string,
  needed: number,
  context: MoverContext,
): Promise<void> {
  const { target } = request;
  let room = await freeBytes(target);
  if (needed > room && becomesSnapshot(request)) {
    room += extraneousBytes(target, await placesKept(request, folder, context));
  }
  refuseTooSmall(needed, room, target);
}

function isFull(error: unknown): boolean {
  return error instanceof RunFailure && error.class === 'NoSpace';
}

/** In the end the target has nothing else. */
function becomesSnapshot(request: RestoreRequest): boolean {
  return isWhole(request) && request.deleteExtraneous;
}

/** Nothing is filtered and nothing may stay as it was, so the target has to become what the snapshot is. */
function isWhole({ include, exclude, overwrite }: RestoreRequest): boolean {
  return include.length === 0 && exclude.length === 0 && (overwrite === 'Always' || overwrite === 'IfChanged');
}

function findingsOf({ snapshotID }: RestoreRequest, restored: Restored, told: readonly (string | undefined)[]) {
  const warnings = told.filter((one) => one !== undefined);
  const { bytesTotal, bytesRestored, filesRestored, filesSkipped, filesTotal, failed: failures } = restored;
  return {
    snapshotID,
    stats: {
      sizeBytes: bytesTotal,
      addedBytes: bytesRestored,
      storedBytes: bytesRestored,
      filesNew: filesRestored,
      filesChanged: 0,
      filesUnmodified: filesSkipped,
      filesFailed: failures.length,
      filesTotal,
    },
    ...(failures.length === 0 ? {} : { unreadable: failures.slice(0, namedFiles).map(({ path }) => path) }),
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}

async function verify(
  request: RestoreRequest,
  folder: string,
  restored: Restored,
  context: MoverContext,
): Promise<{ readonly verification: MoverVerification; readonly disowned: string | undefined }> {
  const comparison = new Comparison();
  if (isWhole(request)) {
    await visitPlaces(request, folder, context, (entry, place) => comparison.add(entry, place));
  } else {
    // What the filters chose is known to the engine alone.
    comparison.expected = restored.filesTotal;
    comparison.found = restored.filesRestored + restored.filesSkipped;
    comparison.mismatches = Math.max(0, comparison.expected - comparison.found);
  }
  const failures = restored.failed.map(({ path, reason }) => `${path}: ${reason}`);
  const differing = restored.differing.map((path) => `${path}: other content`);
  const mismatches = Math.max(comparison.mismatches, failures.length) + differing.length;
  const verification: MoverVerification = {
    result: mismatches === 0 ? 'Passed' : 'Failed',
    mode: request.verify,
    bytesRead: request.verify === 'Checksum' ? restored.bytesRestored : 0,
    filesExpected: comparison.expected,
    filesFound: comparison.found,
    mismatches,
    ...(mismatches === 0
      ? {}
      : { mismatched: [...failures, ...differing, ...comparison.mismatched].slice(0, namedFiles) }),
  };
  return { verification, disowned: disownedSentence(comparison) };
}

/** An engine says nothing of it: as anybody but root it expects no better. */
function disownedSentence({ disowned, firstDisowned }: Comparison): string | undefined {
  if (disowned === 0) return undefined;
  return `${disowned} files and folders belong to others than in the snapshot, for ${keepOwners}; the first: ${firstDisowned}`;
}

function failed(sentence: string, { failed: failures }: Restored): RunFailure {
  // A file that may not be written stays so; a difference may be the disk's.
  return new RunFailure('VerificationFailed', sentence, { retryable: failures.length === 0 });
}
