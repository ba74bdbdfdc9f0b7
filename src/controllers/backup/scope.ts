/** Everything one pass over a Backup reads. */
import type { SeenHooks } from '#contracts/hooks/steps.ts';
import { isReady } from '#contracts/store/location.ts';
import type { Backup, ResolvedBackup } from '#crds/backup.ts';
import { BackupStore } from '#crds/backup-store.ts';
import { Container } from '#crds/container.ts';
import type { Progress } from '#crds/run/progress.ts';
import type { Pass } from '#runtime/controller/types.ts';
import type { StepEntry } from '#runtime/itinerary/types.ts';

export interface BackupScope {
  readonly pass: Pass<Backup>;
  readonly backup: Backup;
  /** always set: a Backup is namespaced */
  readonly namespace: string;
  /** of movers: the operator's own */
  readonly image: string;
  /** the store that is named, or the default one; absent when there is none */
  readonly store: BackupStore | undefined;
  /** what this pass saw of a transfer under way, and of hooks it ran */
  readonly seen: SeenHooks & { progress?: Progress };
}

export function readScope(pass: Pass<Backup>, image: string): BackupScope {
  const { object: backup, cache } = pass;
  const { namespace = '' } = backup.metadata;
  const stores = cache.informer(BackupStore);
  const named = backup.status?.resolved?.store ?? backup.spec.storeRef?.name;
  const store = named === undefined ? defaultStore(stores.list(namespace)) : stores.get({ namespace, name: named });
  return { pass, backup, namespace, image, store, seen: {} };
}

/** Of several defaults a ready one, then the first by name, so that every replica chooses the same. */
function defaultStore(stores: readonly BackupStore[]): BackupStore | undefined {
  const defaults = stores.filter(({ spec }) => spec.default);
  return defaults.toSorted(
    (a, b) => Number(isReady(b)) - Number(isReady(a)) || a.metadata.name.localeCompare(b.metadata.name, 'en'),
  )[0];
}

/** What earlier steps settled. Sound: only this kind's steps write there, in the words of its schema. */
export function resolvedOf({ resolved }: StepEntry): ResolvedBackup {
  return resolved;
}

/** The Container that is backed up; absent when the backup is of claims, or it was deleted. */
export function containerOf({ backup, pass, namespace }: BackupScope): Container | undefined {
  const { containerRef } = backup.spec;
  return containerRef && pass.cache.informer(Container).get({ namespace, name: containerRef.name });
}
