/** Initiate: settles, once, what is backed up, from where it is read, and where it goes; waits for its turn. */

import { isDiscovered } from '#contracts/backup/discovered.ts';
import { runAsOf } from '#contracts/container/run-as.ts';
import { exclusiveJob, holderOf } from '#contracts/mover/exclusive.ts';
import { activeJobs } from '#contracts/mover/watch.ts';
import { isReady, whyNotReady } from '#contracts/store/location.ts';
import { counted } from '#contracts/text/figures.ts';
import type { BackupStore } from '#crds/backup-store.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, fail, type RunStep, wait } from '#runtime/itinerary/types.ts';
import { findClaims, planCopies } from '../claims.ts';
import { type BackupScope, containerOf } from '../scope.ts';

/** Milliseconds to the look that finds how a discovered backup has ended: a change of the status wakes nobody. */
const recheckDiscovered = 1_000;
/** Milliseconds between looks whether a place has become free. */
const recheckTurn = 5_000;

export const initiate: RunStep<BackupScope> = {
  name: 'Initiate',
  run: async (scope) => {
    const { store, pass, namespace, backup } = scope;
    if (store === undefined) return fail(new DokkerrError('DKR_DEPENDENCY_MISSING', missingStore(scope)));
    if (isDiscovered(backup)) return wait('Discovered', 'how it ended is about to be written', recheckDiscovered);
    if (store.spec.accessMode === 'ReadOnly') return fail(new DokkerrError('DKR_SPEC_INVALID', readOnly(store)));
    if (!isReady(store)) return wait('Queued', whyNotReady(store));
    const taken = exclusiveJob(pass.cache, store);
    if (taken !== undefined) return wait('Queued', `the repository is taken by ${holderOf(taken)}`, recheckTurn);
    const { maxJobs } = store.spec.concurrency;
    const active = activeJobs(pass.cache, namespace, store.metadata.name).length;
    if (active >= maxJobs) {
      return wait('Queued', `${active} of ${maxJobs} Jobs of BackupStore ${store.metadata.name} are busy`, recheckTurn);
    }
    const plan = await planCopies(scope, await findClaims(scope));
    const container = containerOf(scope);
    return done(`${counted(plan.claims.length, 'claim')} to ${store.metadata.name}, read by ${plan.copyMethod}`, {
      store: store.metadata.name,
      repositoryID: store.status?.repositoryID,
      ...plan,
      ...(container === undefined ? {} : { runAs: runAsOf(container) }),
    });
  },
};

function readOnly({ metadata }: BackupStore): string {
  return `BackupStore ${metadata.name} may only be read (accessMode: ReadOnly); write another one into storeRef`;
}

function missingStore({ backup, namespace }: BackupScope): string {
  const name = backup.spec.storeRef?.name;
  return name === undefined
    ? `no BackupStore of namespace ${namespace} is its default; write storeRef, or default: true in one of them`
    : `BackupStore ${name} does not exist in namespace ${namespace}: create it there, for a store serves its own namespace alone (give it a prefix of its own where two share a bucket), or correct storeRef`;
}
