/** A comparison of two folders: gone through side by side once, files read meanwhile, and what differs told in words. */
import { setImmediate } from 'node:timers/promises';
import { RunFailure } from '#contracts/mover/failure.ts';
import type { Comparison as ComparisonRequest } from '#contracts/mover/request.ts';
import type { Findings, MoverContext } from '../context.ts';
import { keepOwners } from '../target/owners.ts';
import { attributeReader } from '../tree/attributes.ts';
import { Comparison } from '../tree/comparison.ts';
import { Readers, type SameSize } from '../tree/readers.ts';
import { type Choice, Sample } from '../tree/sample.ts';
import { walk } from '../tree/walk.ts';
import { failureOf } from './failure-of.ts';

/** Which folders, and how closely. */
export interface ComparedFolders extends ComparisonRequest {
  readonly target: string;
  /** names the source is known to have; by them progress is told, and nothing else */
  readonly expectedEntries?: number;
}

const allFiles: Choice = { percent: 100, minimumFiles: 0, seed: '' };

/** Names looked at before the program turns to anything else. */
const atOneGo = 500;

/** @throws RunFailure when there was nothing to compare */
export async function compareFolders(
  { source, target, content, expectedEntries = 0 }: ComparedFolders,
  { report, signal }: Pick<MoverContext, 'report' | 'signal'>,
): Promise<Findings> {
  const attributes = await attributeReader().catch(String);
  const isBlind = typeof attributes === 'string';
  const comparison = new Comparison({ source, target, attributes: isBlind ? undefined : attributes });
  const sample = new Sample<SameSize>(content.mode === 'Full' ? allFiles : content);
  const readers = new Readers({ source, target, signal, onDifference: (path, told) => comparison.differs(path, told) });
  const tell = () => {
    signal.throwIfAborted();
    const filesDone = comparison.expected;
    const totalFiles = Math.max(filesDone, expectedEntries);
    report.progress('Verifying', { bytesDone: readers.bytes, totalBytes: 0, filesDone, totalFiles });
  };
  let seen = 0;
  for (const found of walk(source, target)) {
    const file = comparison.add(found);
    if (file !== undefined && sample.takes(file)) await readers.begin(file);
    seen += 1;
    if (seen % atOneGo !== 0) continue;
    await setImmediate();
    tell();
  }
  for (const file of sample.missing()) {
    await readers.begin(file);
    tell();
  }
  await readers.end();
  tell();
  const warnings = [
    ...(isBlind ? [`extended attributes were not compared: ${attributes}`] : []),
    ...(comparison.root === undefined ? [] : [`the volume's own folder is another: ${comparison.root}`]),
  ];
  const findings = findingsOf(content.mode, comparison, readers);
  return warnings.length === 0 ? findings : { ...findings, warnings };
}

function findingsOf(mode: 'Full' | 'Sample', comparison: Comparison, readers: Readers): Findings {
  const { expected, found, mismatches, mismatched, owners } = comparison;
  const counts = { bytesRead: readers.bytes, filesExpected: expected, filesFound: found, filesRead: readers.files };
  if (mismatches === 0) {
    return { outcome: 'Succeeded', verification: { result: 'Passed', mode, ...counts, mismatches } };
  }
  const advice = owners === 0 ? '' : `: ${owners} belong to others, and ${keepOwners}`;
  const message = `${mismatches} differences from the source, the first: ${mismatched[0] ?? 'unknown'}${advice}`;
  return {
    outcome: 'Failed',
    verification: { result: 'Failed', mode, ...counts, mismatches, mismatched },
    // The same two folders would differ again.
    failure: failureOf(new RunFailure('VerificationFailed', message, { retryable: false })),
  };
}
