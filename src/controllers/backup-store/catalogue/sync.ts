/**
 * SyncCatalogue: what the repository has and what the cluster knows of it are held against each other. The names in the
 * bucket, which need no key, show what is new and what is gone; only about what is new a mover is asked.
 */
import { hash } from 'node:crypto';
import type { RunFailure } from '#contracts/mover/failure.ts';
import type { MoverResult } from '#contracts/mover/result.ts';
import { removeMover, runMover } from '#contracts/mover/run.ts';
import { counted } from '#contracts/text/figures.ts';
import { Backup } from '#crds/backup.ts';
import type { BackupStore, BackupStoreStatus, TaskStatus } from '#crds/backup-store.ts';
import { durationMs } from '#crds/schema/duration.ts';
import { Job } from '#runtime/client/kinds.ts';
import { rfc3339 } from '#runtime/controller/conditions.ts';
import type { Step, StepResult } from '#runtime/itinerary/types.ts';
import { listIDs } from '#stores/listing.ts';
import { readAccess } from '../access.ts';
import { aside } from '../aside.ts';
import { dueTask } from '../maintenance/due.ts';
import type { BackupStoreScope } from '../scope.ts';
import { discover, knownSnapshots } from './discover.ts';
import { readListing } from './listing.ts';
import { register } from './register.ts';

const annotation = 'dokkerr.io/sync';
const policy = { backoffLimit: 0, activeDeadlineSeconds: 3_600, podStartupDeadlineSeconds: 300 };
/** Milliseconds the store gets for one page of names. */
const listTimeout = 20_000;
/** Backups declared in one pass; a pass has half a minute. */
const atOnce = 25;
/** Milliseconds to the next of them. */
const pauseBetween = 1_000;
const recheckMover = 5_000;
/** How many of the vanished are told. */
const toldMissing = 256;

export const syncCatalogue: Step<BackupStoreScope> = aside('sync', {
  name: 'SyncCatalogue',
  run: async (scope) => {
    const { pass, store } = scope;
    const known = store.status?.sync ?? {};
    const name = jobName(store);
    const job = pass.children.get(Job, name);
    const due = dueOf(store, pass.now());
    if (due === undefined) return found(known, undefined);
    if (job === undefined && !due.isDue) {
      return found(known, due.at === undefined ? undefined : due.at.getTime() - pass.now().getTime());
    }
    return job === undefined ? look(scope, name) : ask(scope, name);
  },
});

function jobName({ metadata }: BackupStore): string {
  return `${metadata.name}-catalogue`;
}

/** Undefined when the catalogue is not kept. */
function dueOf({ spec, status, metadata }: BackupStore, now: Date) {
  if (spec.syncPeriod === '0s') return undefined;
  const period = durationMs(spec.syncPeriod);
  return dueTask({
    slots: { after: (time) => new Date(time.getTime() + period) },
    since: new Date(0),
    request: metadata.annotations?.[annotation]?.slice(0, 128),
    status: status?.sync ?? {},
    now,
  });
}

/** At the names in the bucket. */
async function look(scope: BackupStoreScope, name: string): Promise<StepResult> {
  const { pass, store, namespace } = scope;
  // Before the names are read: what completes meanwhile is not missing from them.
  const ours = ownCompleted(scope);
  const ids = await listIDs(await readAccess(scope), 'snapshots', { signal: pass.signal, timeoutMs: listTimeout });
  const there = new Set(ids);
  const missing = [...knownSnapshots(ours)].filter((id) => !there.has(id)).slice(0, toldMissing);
  const shown = { snapshotCount: ids.length, missingSnapshots: missing };
  const known = knownSnapshots(pass.cache.informer(Backup).list(namespace));
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length === 0 || digestOf(unknown) === store.status?.unknownSnapshots?.digest) {
    return synced(scope, shown, unknown);
  }
  await runMover(pass, moverOf(store, name), scope.image);
  return found(
    { ...statusOf(store), underWay: `asks what ${counted(unknown.length, 'snapshot')} are of` },
    recheckMover,
    shown,
  );
}

/** Backups that say their data is in this repository. */
function ownCompleted({ pass, store, namespace }: BackupStoreScope): Backup[] {
  return pass.cache
    .informer(Backup)
    .list(namespace)
    .filter(({ metadata, status }) => {
      const isOurs = status?.resolved?.store === store.metadata.name;
      const isSame = status?.resolved?.repositoryID === store.status?.repositoryID;
      return isOurs && isSame && status?.outcome === 'Completed' && metadata.deletionTimestamp === undefined;
    });
}

function moverOf(store: BackupStore, name: string) {
  return { name, store, request: { operation: 'snapshots' as const }, policy };
}

/** The mover, what the snapshots are. */
async function ask(scope: BackupStoreScope, name: string): Promise<StepResult> {
  const { pass, store, image } = scope;
  const state = await runMover(pass, moverOf(store, name), image);
  switch (state.kind) {
    case 'starting':
    case 'running':
      return found({ ...statusOf(store), underWay: 'asks what the snapshots are of' }, recheckMover);
    case 'lost':
      await removeMover(pass, name);
      return failed(scope, state.failure);
    case 'ended': {
      const { failure } = state.result;
      if (failure === undefined) return take(scope, name, state.result);
      await removeMover(pass, name);
      return failed(scope, failure);
    }
  }
}

async function take(scope: BackupStoreScope, name: string, result: MoverResult): Promise<StepResult> {
  const { pass, store, namespace } = scope;
  const job = pass.children.get(Job, name);
  const listing = job === undefined ? [] : await readListing(scope, job, result);
  const backups = pass.cache.informer(Backup).list(namespace);
  const news = discover(listing, backups);
  for (const one of news.slice(0, atOnce)) await register(scope, one);
  // Until the cache shows every one of them: then nothing is news any more.
  if (news.length > 0) {
    return found({ ...statusOf(store), underWay: `declares ${counted(news.length, 'Backup')}` }, pauseBetween);
  }
  await removeMover(pass, name);
  const known = knownSnapshots(backups);
  const unknown = listing.map(({ id }) => id).filter((id) => !known.has(id));
  return synced(scope, { snapshotCount: listing.length }, unknown.toSorted());
}

/** @param unknown what is of nobody here: looked at again once it is another */
function synced(
  { pass, store }: BackupStoreScope,
  shown: Partial<BackupStoreStatus>,
  unknown: readonly string[],
): StepResult {
  const at = rfc3339(pass.now());
  const asked = store.metadata.annotations?.[annotation]?.slice(0, 128);
  const status = { startedAt: at, ...(asked === undefined ? {} : { handledRequest: asked }) };
  return found(status, durationMs(store.spec.syncPeriod), {
    ...shown,
    lastSyncedAt: at,
    unknownSnapshots: { count: unknown.length, digest: digestOf(unknown) },
  });
}

function failed({ pass, store }: BackupStoreScope, failure: Pick<RunFailure, 'class' | 'message'>): StepResult {
  const { failures = 0 } = store.status?.sync ?? {};
  const { underWay: _, ...known } = statusOf(store);
  const status = { ...known, startedAt: rfc3339(pass.now()), failures: failures + 1 };
  return found({ ...status, failure: failure.class, message: failure.message }, pauseBetween);
}

function statusOf({ status }: BackupStore): TaskStatus {
  return status?.sync ?? {};
}

function digestOf(ids: readonly string[]): string {
  return hash('sha256', ids.join('\n')).slice(0, 32);
}

function found(sync: TaskStatus, recheckAfter: number | undefined, shown: Partial<BackupStoreStatus> = {}): StepResult {
  return { kind: 'done', resolved: { ...shown, sync }, ...(recheckAfter === undefined ? {} : { recheckAfter }) };
}
