/** SelectPoint: settles, once, which snapshots are brought back and into which claims. */
import { containerLabel } from '#contracts/container/claims.ts';
import { runAsOf } from '#contracts/container/run-as.ts';
import { isReady, whyNotReady } from '#contracts/store/location.ts';
import { BackupStore } from '#crds/backup-store.ts';
import { Container } from '#crds/container.ts';
import type { RunAs } from '#crds/run/mover.ts';
import { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type RunStep, type StepResult, wait } from '#runtime/itinerary/types.ts';
import type { RestoreScope } from '../scope.ts';
import { matchVolumes, type StoredVolume, scratchVolumes, selectBackup, storedVolumes } from '../select.ts';

interface Point {
  readonly store: string;
  readonly volumes: readonly StoredVolume[];
  readonly backup?: string;
  readonly pointInTime?: string;
  /** as whom the backup was read */
  readonly runAs?: RunAs;
}

export const selectPoint: RunStep<RestoreScope> = {
  name: 'SelectPoint',
  run: async (scope) => {
    const point = pointOf(scope);
    const store = scope.pass.cache.informer(BackupStore).get({ namespace: scope.namespace, name: point.store });
    if (store === undefined) {
      const message = `BackupStore ${point.store} does not exist in namespace ${scope.namespace}; create it with the bucket, the credentials and the key the backup was made with`;
      return fail(new DokkerrError('DKR_DEPENDENCY_MISSING', message));
    }
    if (!isReady(store)) return wait('StoreNotReady', whyNotReady(store));
    return settled(scope, point, store, await volumesOf(scope, point));
  },
};

function pointOf({ restore, backups }: RestoreScope): Point {
  const { source } = restore.spec;
  if (source.snapshot !== undefined) {
    const { storeRef, id } = source.snapshot;
    return { store: storeRef.name, volumes: [{ claim: 'data', snapshotID: id }] };
  }
  const backup = selectBackup(source, backups);
  const { resolved, startedAt } = backup.status ?? {};
  return {
    store: resolved?.store ?? '',
    volumes: storedVolumes(backup),
    backup: backup.metadata.name,
    ...(startedAt === undefined ? {} : { pointInTime: startedAt }),
    ...(resolved?.runAs === undefined ? {} : { runAs: resolved.runAs }),
  };
}

async function volumesOf(scope: RestoreScope, { volumes }: Point): Promise<StoredVolume[]> {
  const { spec, metadata } = scope.restore;
  if (spec.target.scratch !== undefined) return scratchVolumes(volumes, metadata.uid ?? '', spec.source.claim);
  return matchVolumes(volumes, await targetClaims(scope), spec.source.claim);
}

function settled(
  { restore, pass, namespace }: RestoreScope,
  { backup, pointInTime, runAs }: Point,
  store: BackupStore,
  volumes: readonly StoredVolume[],
): StepResult {
  const name = restore.spec.target.containerRef?.name ?? restore.spec.source.containerRef?.name;
  const container = name === undefined ? undefined : pass.cache.informer(Container).get({ namespace, name });
  const from =
    backup === undefined
      ? `snapshot ${volumes[0]?.snapshotID ?? ''}`
      : `Backup ${backup} of ${pointInTime ?? 'unknown time'}`;
  return done(`${from} into ${volumes.map(({ claim }) => claim).join(', ')}`, {
    store: store.metadata.name,
    repositoryID: store.status?.repositoryID,
    ...(backup === undefined ? {} : { backup }),
    ...(pointInTime === undefined ? {} : { pointInTime }),
    volumes,
    runAs: container === undefined ? (runAs ?? {}) : runAsOf(container),
  });
}

/** The claims that get the data; a new one need not exist yet. @throws DKR_DEPENDENCY_MISSING, DKR_SPEC_INVALID */
async function targetClaims({ restore, pass, namespace }: RestoreScope): Promise<string[]> {
  const { claim, claimRef, containerRef } = restore.spec.target;
  if (claim !== undefined) return [claim.name];
  if (claimRef !== undefined) {
    const found = await pass.client.get(PersistentVolumeClaim, { namespace, name: claimRef.name });
    if (found !== undefined) return [claimRef.name];
    throw new DokkerrError(
      'DKR_DEPENDENCY_MISSING',
      `claim ${claimRef.name} does not exist in namespace ${namespace}; create it, or write target.claim to have it made`,
    );
  }
  const name = containerRef?.name ?? '';
  const { items } = await pass.client.list(PersistentVolumeClaim, {
    namespace,
    labelSelector: `${containerLabel}=${name}`,
  });
  if (items.length > 0) return items.map(({ metadata }) => metadata.name).toSorted();
  throw new DokkerrError(
    'DKR_DEPENDENCY_MISSING',
    `Container ${name} has no claims in namespace ${namespace}; declare it first, its claims are made with it`,
  );
}
