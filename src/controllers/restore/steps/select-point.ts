/** SelectPoint: settles, once, which snapshots are brought back and into which claims. */
import { containerLabel } from '#contracts/container/claims.ts';
import { runAsOf } from '#contracts/container/run-as.ts';
import { isReady, whyNotReady } from '#contracts/store/location.ts';
import { BackupStore } from '#crds/backup-store.ts';
import { Container } from '#crds/container.ts';
import type { ResolvedRestore } from '#crds/restore.ts';
import type { RunAs } from '#crds/run/mover.ts';
import { PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type RunStep, type StepResult, wait } from '#runtime/itinerary/types.ts';
import { recheckClaims, waitingClaim } from '../populate.ts';
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
    const into = await destinationOf(scope, point);
    return into === undefined
      ? wait('WaitingForClaim', 'no claim that can have its volume names this Restore yet', recheckClaims)
      : settled(scope, point, store, into);
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

type Destination = Pick<ResolvedRestore, 'populates'> & { readonly volumes: StoredVolume[] };

/** Which volumes go where; undefined while there is no claim yet to be filled. */
async function destinationOf(scope: RestoreScope, { volumes }: Point): Promise<Destination | undefined> {
  const { spec, metadata } = scope.restore;
  const { target, source } = spec;
  if (target.populator === undefined && target.scratch === undefined)
    return { volumes: matchVolumes(volumes, await targetClaims(scope), source.claim) };
  const made = scratchVolumes(volumes, metadata.uid ?? '', source.claim);
  if (target.populator === undefined) return { volumes: made };
  if (made.length > 1)
    throw new DokkerrError('DKR_SPEC_INVALID', 'the backup has several volumes: name one in spec.source.claim');
  const claim = await waitingClaim(scope);
  return claim && { volumes: made, populates: { name: claim.metadata.name, uid: claim.metadata.uid ?? '' } };
}

function settled(
  { restore, pass, namespace }: RestoreScope,
  { backup, pointInTime, runAs }: Point,
  store: BackupStore,
  into: Destination,
): StepResult {
  const name = restore.spec.target.containerRef?.name ?? restore.spec.source.containerRef?.name;
  const container = name === undefined ? undefined : pass.cache.informer(Container).get({ namespace, name });
  const from =
    backup === undefined
      ? `snapshot ${into.volumes[0]?.snapshotID ?? ''}`
      : `Backup ${backup} of ${pointInTime ?? 'unknown time'}`;
  return done(`${from} into ${into.populates?.name ?? into.volumes.map(({ claim }) => claim).join(', ')}`, {
    store: store.metadata.name,
    repositoryID: store.status?.repositoryID,
    ...(backup === undefined ? {} : { backup }),
    ...(pointInTime === undefined ? {} : { pointInTime }),
    ...into,
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
