/** Plan: finds what is moved and what uses it, refuses what cannot be, and says what is going to be done. */
import { isReady, whyNotReady } from '#contracts/store/location.ts';
import { counted } from '#contracts/text/figures.ts';
import { BackupStore } from '#crds/backup-store.ts';
import type { Migration } from '#crds/migration.ts';
import type { RunAs } from '#crds/run/mover.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type RunStep, type StepResult, wait } from '#runtime/itinerary/types.ts';
import { composePlan } from '../plan/compose.ts';
import { readFacts, readRivals, readRunAs } from '../plan/read.ts';
import { rivalOf } from '../plan/refuse.ts';
import type { MigrationScope } from '../scope.ts';

export const plan: RunStep<MigrationScope> = {
  name: 'Plan',
  run: async (scope) => {
    const facts = await readFacts(scope);
    const settled = composePlan(facts);
    const { dryRun } = scope.migration.spec;
    const claims = (settled.volumes ?? []).map(({ claim }) => claim);
    const rival = dryRun ? undefined : rivalOf(scope.migration, claims, await readRivals(scope));
    if (rival !== undefined) {
      const message = `Migration ${rival.metadata.name} moves the same claim and has not ended; let it end, or cancel it, and make this one anew`;
      return fail(new DokkerrError('DKR_SPEC_INVALID', message, { reason: 'AlreadyMoving' }));
    }
    const store = storeFor(scope);
    if (store instanceof DokkerrError) return fail(store);
    if (!dryRun && !isReady(store)) return wait('StoreNotReady', whyNotReady(store));
    return planned(settled, store, effectiveRunAs(scope.migration, store, await readRunAs(scope, facts)));
  },
};

/** What the spec or the store says, else whom the files belong to. */
function effectiveRunAs({ spec }: Migration, store: BackupStore, { user, group, fsGroup }: RunAs): RunAs {
  const wanted = { ...store.spec.moverDefaults?.securityContext, ...spec.mover?.securityContext };
  const ids = {
    user: wanted.runAsUser ?? user,
    group: wanted.runAsGroup ?? group,
    fsGroup: wanted.fsGroup ?? fsGroup,
  };
  return Object.fromEntries(Object.entries(ids).filter(([, id]) => id !== undefined));
}

function planned(settled: ReturnType<typeof composePlan>, store: BackupStore, runAs: RunAs): StepResult {
  const { volumes = [], workloads = [] } = settled;
  const users =
    workloads.length === 0 ? 'which nothing uses' : `used by ${workloads.map(({ name }) => name).join(', ')}`;
  const message = `${counted(volumes.length, 'claim')}, ${users}, by way of BackupStore ${store.metadata.name}`;
  return done(message, { ...settled, store: store.metadata.name, runAs });
}

/** The store that is named, or the default one. */
function storeFor({ pass, migration, namespace }: MigrationScope): BackupStore | DokkerrError {
  const stores = pass.cache.informer(BackupStore);
  const name = migration.spec.storeRef?.name;
  const store =
    name === undefined
      ? stores
          .list(namespace)
          .filter(({ spec }) => spec.default)
          .toSorted(
            (a, b) => Number(isReady(b)) - Number(isReady(a)) || (a.metadata.name < b.metadata.name ? -1 : 1),
          )[0]
      : stores.get({ namespace, name });
  if (store === undefined) {
    const message =
      name === undefined
        ? `no BackupStore of namespace ${namespace} is its default, and the data is carried through one; write storeRef, or default: true in one of them`
        : `BackupStore ${name} does not exist in namespace ${namespace}; create it, or correct storeRef`;
    return new DokkerrError('DKR_DEPENDENCY_MISSING', message);
  }
  if (store.spec.accessMode !== 'ReadOnly') return store;
  const message = `BackupStore ${store.metadata.name} may only be read (accessMode: ReadOnly); write another one into storeRef`;
  return new DokkerrError('DKR_SPEC_INVALID', message);
}
