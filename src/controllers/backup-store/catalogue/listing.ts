/** The whole listing of a mover: from its result where that has all of it, else from its log, which is not cut. */
import { moverContainer } from '#contracts/mover/job.ts';
import { moverLine } from '#contracts/mover/progress.ts';
import type { MoverResult, MoverSnapshot } from '#contracts/mover/result.ts';
import { podOf } from '#contracts/mover/watch.ts';
import type { Job } from '#runtime/client/kinds.ts';
import { DokkerrError } from '#runtime/errors.ts';
import type { BackupStoreScope } from '../scope.ts';

/** @throws DKR_MOVER_LOST when neither has all of it */
export async function readListing(
  { pass, namespace }: BackupStoreScope,
  job: Job,
  { snapshots = [], snapshotCount = 0 }: MoverResult,
): Promise<readonly MoverSnapshot[]> {
  if (snapshots.length === snapshotCount) return snapshots;
  const pod = podOf(pass.cache, job)?.metadata.name;
  if (pod !== undefined) {
    // With times, so that the log is text to every reader and not a document that begins on its first line.
    const log = await pass.client.raw(
      `/api/v1/namespaces/${namespace}/pods/${pod}/log?container=${moverContainer}&timestamps=true`,
      { signal: pass.signal },
    );
    const listed = String(log).split('\n').flatMap(snapshotOf);
    if (listed.length === snapshotCount) return listed;
  }
  throw new DokkerrError('DKR_MOVER_LOST', `the listing of ${snapshotCount} snapshots was lost with the mover's pod`);
}

/** Of one line: its time, a space, a JSON document. */
function snapshotOf(line: string): MoverSnapshot[] {
  const text = line.slice(line.indexOf(' ') + 1);
  if (!text.startsWith('{"type":"snapshot"')) return [];
  const { data } = moverLine.safeParse(JSON.parse(text));
  return data?.type === 'snapshot' ? [data.snapshot] : [];
}
