/** What is done to a repository as a whole: making it, listing it, looking after it, changing its keys. */
import { join } from 'node:path';
import { RunFailure } from '#contracts/mover/failure.ts';
import { passwordFile } from '#contracts/mover/files.ts';
import type { MoverRequest, RequestOf } from '#contracts/mover/request.ts';
import { listIDs, measureRepository } from '#stores/listing.ts';
import { probeStore, type StoreProbe } from '#stores/probe.ts';
import { removeSnapshots } from '#stores/removal.ts';
import type { Findings, MoverContext } from '../context.ts';
import { checkSnapshot } from '../verify.ts';

/** How many snapshots a result may start with; how many of them fit is seen when it is written. */
const firstSnapshots = 60;

/** Creates the repository. One that is there already is taken when it opens, for the run before may have made it. */
export async function performInit(
  request: RequestOf<'init'>,
  context: MoverContext,
  { hasRepository }: StoreProbe,
): Promise<Findings> {
  const { engine, signal } = context;
  if (!hasRepository) {
    if (request.repository.id !== undefined) throw missing(request);
    return { outcome: 'Succeeded', ...(await identity(await engine.init({ signal }), context)) };
  }
  return performOpen(context);
}

/** The repository's id and the key's, as each operation that changes nothing tells them. */
async function performOpen(context: MoverContext): Promise<Findings> {
  const repositoryID = await context.engine.repositoryID({ signal: context.signal });
  return { outcome: 'Succeeded', ...(await identity(repositoryID, context)) };
}

/** By what a repository that was just opened is known. */
async function identity(repositoryID: string, { engine, access, signal }: MoverContext) {
  const [{ configETag }, [onlyKey = '', ...otherKeys]] = await Promise.all([
    probeStore(access, { signal }),
    listIDs(access, 'keys', { signal }),
  ]);
  const keyID = onlyKey === '' || otherKeys.length > 0 ? await engine.keyID({ signal }) : onlyKey;
  return { repositoryID, keyID, ...(configETag === undefined ? {} : { configETag }) };
}

/**
 * Resolves to the repository's id. To ask the engine costs what to derive its key does, as much as many a backup.
 * @throws RunFailure `RepositoryMissing` when another repository is there than the one trusted
 */
export async function requireRepository(
  request: MoverRequest,
  { engine, signal }: MoverContext,
  probe: StoreProbe,
): Promise<string> {
  const { id, configETag } = request.repository;
  if (id !== undefined && configETag !== undefined && configETag === probe.configETag) return id;
  const repositoryID = await engine.repositoryID({ signal });
  if (id === undefined || id === repositoryID) return repositoryID;
  throw missing(request, `repository ${repositoryID} is there instead`);
}

function missing({ repository }: MoverRequest, found = 'nothing is there'): RunFailure {
  const message = `repository ${repository.id ?? ''} is gone and ${found}: bring it back, or make a new store`;
  return new RunFailure('RepositoryMissing', message);
}

/** Every snapshot on the log, the newest in the result. */
export async function performSnapshots(request: RequestOf<'snapshots'>, context: MoverContext): Promise<Findings> {
  const snapshots = await context.engine.snapshots(request.tags, { signal: context.signal });
  for (const snapshot of snapshots) context.report.snapshot(snapshot);
  return { outcome: 'Succeeded', snapshots: snapshots.slice(0, firstSnapshots), snapshotCount: snapshots.length };
}

/** Looks for damage, in all of the repository or in what one snapshot needs of it. @throws RunFailure `RepositoryCorrupt` */
export async function performCheck(request: RequestOf<'check'>, context: MoverContext): Promise<Findings> {
  const { snapshotID, readDataPercent } = request;
  const mode = readDataPercent === undefined ? 'Metadata' : 'Data';
  if (snapshotID !== undefined) {
    const bytesRead = await checkSnapshot(context, snapshotID, readDataPercent);
    return { outcome: 'Succeeded', verification: { result: 'Passed', mode, bytesRead } };
  }
  context.report.progress('Verifying');
  const part = readDataPercent === undefined ? {} : { readDataPercent };
  await context.engine.check({ ...part, exclusive: true }, { signal: context.signal });
  const totalBytes = await measureRepository(context.access, { signal: context.signal });
  const bytesRead = Math.round((totalBytes * (readDataPercent ?? 0)) / 100);
  return { outcome: 'Succeeded', totalBytes, verification: { result: 'Passed', mode, bytesRead } };
}

/** Removes snapshots and makes sure that they are gone. */
export async function performForget(request: RequestOf<'forget'>, context: MoverContext): Promise<Findings> {
  const { engine, access, signal } = context;
  const tagged = request.tags.length === 0 ? [] : await engine.snapshots(request.tags, { signal });
  const snapshotIDs = [...new Set([...request.snapshotIDs, ...tagged.map(({ id }) => id)])];
  if (snapshotIDs.length === 0) return { outcome: 'Succeeded' };
  try {
    await engine.forget(snapshotIDs, { signal });
  } catch (error) {
    // An engine wants room for a lock, even to make room.
    if (!(error instanceof RunFailure) || error.class !== 'NoSpace') throw error;
    await removeSnapshots(access, snapshotIDs, { signal });
  }
  const left = new Set(await listIDs(access, 'snapshots', { signal }));
  const kept = snapshotIDs.filter((id) => left.has(id));
  if (kept.length === 0) return { outcome: 'Succeeded', snapshotCount: left.size };
  throw new RunFailure('Internal', `${kept.length} snapshots are still there, the first is ${kept[0] ?? ''}`);
}

/** Removes data that no snapshot needs; tells how many bytes of the store that gave back. */
export async function performPrune(request: RequestOf<'prune'>, context: MoverContext): Promise<Findings> {
  const { engine, access, signal } = context;
  const before = await measureRepository(access, { signal });
  await engine.prune(request.maxUnusedPercent, { signal });
  const totalBytes = await measureRepository(access, { signal });
  return { outcome: 'Succeeded', totalBytes, reclaimedBytes: Math.max(0, before - totalBytes) };
}

/** Makes the index say what is there and good. */
export async function performRepair(request: RequestOf<'repair'>, context: MoverContext): Promise<Findings> {
  await context.engine.repair(request.damagedPacks, { signal: context.signal });
  return { outcome: 'Succeeded' };
}

/** Removes locks whose holders are gone. */
export async function performUnlock(request: RequestOf<'unlock'>, context: MoverContext): Promise<Findings> {
  const locksRemoved = await context.engine.unlock(request.all, { signal: context.signal });
  return { outcome: 'Succeeded', locksRemoved };
}

/** Counts snapshots and bytes of the store. */
export async function performStats(context: MoverContext): Promise<Findings> {
  const { access, signal } = context;
  const [ids, totalBytes] = await Promise.all([
    listIDs(access, 'snapshots', { signal }),
    measureRepository(access, { signal }),
  ]);
  return { ...(await performOpen(context)), snapshotCount: ids.length, totalBytes };
}

/** Lets a second password open the repository; tells its key's id. */
export async function performAddKey({ engine, files, signal }: MoverContext): Promise<Findings> {
  return { outcome: 'Succeeded', keyID: await engine.addKey(join(files.newKey, passwordFile), { signal }) };
}

/** Makes a key useless. */
export async function performRemoveKey(request: RequestOf<'removeKey'>, context: MoverContext): Promise<Findings> {
  await context.engine.removeKey(request.keyID, { signal: context.signal });
  return { outcome: 'Succeeded' };
}
