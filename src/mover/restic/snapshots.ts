/**
 * Reading snapshots: which there are, what is in them, what they weigh. Without a lock, which a store that is full or may only
 * be read does not take; whoever prunes meanwhile makes a reading fail, never lie.
 */
import type { MoverSnapshot } from '#contracts/mover/result.ts';
import type { CallOptions, SnapshotVisitor } from '../engine.ts';
import { command, document } from './command.ts';
import { snapshotEntry } from './entry.ts';
import * as messages from './messages.ts';
import type { ResticProgram } from './process.ts';

/** Those with all of the tags, newest first. */
export async function listSnapshots(
  restic: ResticProgram,
  tags: readonly string[],
  { signal }: CallOptions,
): Promise<MoverSnapshot[]> {
  const args = ['snapshots', '--no-lock', ...(tags.length === 0 ? [] : [`--tag=${tags.join(',')}`])];
  const found = await document(restic, messages.snapshot.array(), args, signal);
  return found.map(moverSnapshot).sort((a, b) => Date.parse(b.time) - Date.parse(a.time));
}

/** Shows a snapshot and everything in it. */
export async function listEntries(
  restic: ResticProgram,
  snapshotID: string,
  visitor: SnapshotVisitor,
  { signal }: CallOptions,
): Promise<void> {
  const onOutput = (line: string) => {
    const node = messages.parseLine(messages.node, line);
    if (node !== undefined) {
      visitor.entry(snapshotEntry(node));
      return;
    }
    const described = messages.parseLine(messages.snapshot, line);
    if (described !== undefined) visitor.snapshot(moverSnapshot(described));
  };
  await command(restic, { args: ['ls', '--no-lock', '--json', snapshotID], signal, onOutput });
}

/** Bytes in the store of what one snapshot needs. */
export async function storedBytes(restic: ResticProgram, snapshotID: string, { signal }: CallOptions): Promise<number> {
  const args = ['stats', '--no-lock', '--mode=raw-data', snapshotID];
  return (await document(restic, messages.stats, args, signal)).total_size;
}

function moverSnapshot({ id, time, hostname, tags, paths, summary }: messages.SnapshotMessage): MoverSnapshot {
  return {
    id,
    time,
    host: hostname,
    tags: tags ?? [],
    paths,
    ...(summary === undefined
      ? {}
      : {
          sizeBytes: summary.total_bytes_processed,
          addedBytes: summary.data_added,
          storedBytes: summary.data_added_packed,
          filesTotal: summary.total_files_processed,
        }),
  };
}
