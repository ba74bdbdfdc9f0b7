/** Verifying a snapshot in the store: that all it needs is there and whole, and how much it has. */
import { RunFailure } from '#contracts/mover/failure.ts';
import type { MoverContext } from './context.ts';
import type { SnapshotVisitor } from './engine.ts';

/** The regular files of a snapshot. */
export interface SnapshotCounts {
  readonly files: number;
  /** bytes of all of them, each name of a file counted */
  readonly bytes: number;
}

/**
 * Checks what the snapshot needs, reading `readDataPercent` of its data back from the store.
 * @returns bytes of data that were read, by the share of the whole
 * @throws RunFailure `RepositoryCorrupt`
 */
export async function checkSnapshot(
  { engine, signal, report }: MoverContext,
  snapshotID: string,
  readDataPercent: number | undefined,
): Promise<number> {
  report.progress('Verifying');
  const order = { snapshotID, ...(readDataPercent === undefined ? {} : { readDataPercent }) };
  try {
    // Without a lock, so that others go on with their backups.
    await engine.check({ ...order, exclusive: false }, { signal });
  } catch (error) {
    if (!(error instanceof RunFailure) || error.class !== 'RepositoryCorrupt') throw error;
    // Somebody may have been pruning meanwhile; only what is wrong when nobody is, is wrong.
    await engine.check({ ...order, exclusive: true }, { signal });
  }
  if (readDataPercent === undefined) return 0;
  return Math.round(((await engine.storedBytes(snapshotID, { signal })) * readDataPercent) / 100);
}

/** Lists the snapshot to its end and counts; `visitor` is shown everything besides. */
export async function countSnapshot(
  { engine, signal, report }: MoverContext,
  snapshotID: string,
  visitor?: SnapshotVisitor,
): Promise<SnapshotCounts> {
  let files = 0;
  let bytes = 0;
  await engine.list(
    snapshotID,
    {
      snapshot: (snapshot) => visitor?.snapshot(snapshot),
      entry: (entry) => {
        visitor?.entry(entry);
        if (entry.kind !== 'file') return;
        files += 1;
        bytes += entry.size;
        if (files % 1000 === 0) report.progress('Verifying');
      },
    },
    { signal },
  );
  return { files, bytes };
}
