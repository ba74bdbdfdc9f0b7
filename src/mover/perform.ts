/** One request about a repository from beginning to end: the store asked first, then the operation, and a vague failure explained by the store. */
import { RunFailure } from '#contracts/mover/failure.ts';
import { exclusiveOperations, type MoverRequest } from '#contracts/mover/request.ts';
import { type Clock, pause } from '#runtime/clock.ts';
import { listIDs } from '#stores/listing.ts';
import { probeStore, type StoreProbe } from '#stores/probe.ts';
import type { Findings, MoverContext } from './context.ts';
import { performBackup } from './operations/backup.ts';
import * as repository from './operations/repository.ts';
import { performRestore } from './operations/restore.ts';

/** Milliseconds between two questions to a store that does not answer. */
const storePause = 2_000;

/** @throws RunFailure when there is nothing to tell but why it failed */
export async function perform(request: MoverRequest, context: MoverContext, clock: Clock): Promise<Findings> {
  context.report.progress('Opening');
  const probe = await requireStore(request, context, clock);
  try {
    if (request.operation === 'init') return await repository.performInit(request, context, probe);
    const repositoryID = await repository.requireRepository(request, context, probe);
    // A mover that was killed left its lock, which would bar these for ever; restic knows by its age that it is stale.
    if (exclusiveOperations.has(request.operation)) await removeStaleLocks(context);
    return { repositoryID, ...(await dispatch(request, context)) };
  } catch (error) {
    throw await explained(error, context);
  }
}

function dispatch(request: Exclude<MoverRequest, { operation: 'init' }>, context: MoverContext): Promise<Findings> {
  switch (request.operation) {
    case 'backup':
      return performBackup(request, context);
    case 'restore':
      return performRestore(request, context);
    case 'snapshots':
      return repository.performSnapshots(request, context);
    case 'check':
      return repository.performCheck(request, context);
    case 'forget':
      return repository.performForget(request, context);
    case 'prune':
      return repository.performPrune(request, context);
    case 'repair':
      return repository.performRepair(request, context);
    case 'unlock':
      return repository.performUnlock(request, context);
    case 'stats':
      return repository.performStats(context);
    case 'addKey':
      return repository.performAddKey(context);
    case 'removeKey':
      return repository.performRemoveKey(request, context);
  }
}

async function removeStaleLocks({ engine, access, signal }: MoverContext): Promise<void> {
  const locks = await listIDs(access, 'locks', { signal });
  if (locks.length > 0) await engine.unlock(false, { signal });
}

/** Asks the store until it answers or the time is up: restic would try for a quarter of an hour before it says so. */
async function requireStore(
  { storeWaitSeconds }: MoverRequest,
  context: MoverContext,
  clock: Clock,
): Promise<StoreProbe> {
  const { access, signal } = context;
  const deadline = clock.monotonic() + storeWaitSeconds * 1000;
  for (;;) {
    try {
      return await probeStore(access, { signal });
    } catch (error) {
      signal.throwIfAborted();
      const isSilent = error instanceof RunFailure && error.class === 'StoreUnreachable';
      if (!isSilent || clock.monotonic() + storePause > deadline) throw error;
      await pause(clock, storePause, signal);
    }
  }
}

/** What an engine could not name may be the store's doing; if so the store's own answer says it best. */
async function explained(error: unknown, { access, signal }: MoverContext): Promise<unknown> {
  if (!(error instanceof RunFailure) || (error.class !== 'Internal' && error.class !== 'StoreUnreachable'))
    return error;
  if (error.exitCode === undefined || signal.aborted) return error;
  try {
    await probeStore(access, { signal });
    return error;
  } catch (found) {
    if (!(found instanceof RunFailure)) return error;
    const { exitCode, stderrTail } = error;
    const said = stderrTail === undefined ? {} : { stderrTail };
    return new RunFailure(found.class, found.message, { cause: error, exitCode, ...said });
  }
}
