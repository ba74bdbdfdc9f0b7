/** Everything one pass over a Restore reads. */
import type { SeenHooks } from '#contracts/hooks/steps.ts';
import { Backup } from '#crds/backup.ts';
import { BackupStore } from '#crds/backup-store.ts';
import { Container } from '#crds/container.ts';
import type { ResolvedRestore, Restore } from '#crds/restore.ts';
import type { Progress } from '#crds/run/progress.ts';
import type { Pass } from '#runtime/controller/types.ts';
import type { StepEntry } from '#runtime/itinerary/types.ts';

export interface RestoreScope {
  readonly pass: Pass<Restore>;
  readonly restore: Restore;
  /** always set: a Restore is namespaced */
  readonly namespace: string;
  /** of movers: the operator's own */
  readonly image: string;
  /** the target, for a restore in place */
  readonly container: Container | undefined;
  /** every backup of the namespace */
  readonly backups: readonly Backup[];
  /** what this pass saw of a transfer under way, and of hooks it ran */
  readonly seen: SeenHooks & { progress?: Progress };
}

export function readScope(pass: Pass<Restore>, image: string): RestoreScope {
  const { object: restore, cache } = pass;
  const { namespace = '' } = restore.metadata;
  const { containerRef } = restore.spec.target;
  return {
    pass,
    restore,
    namespace,
    image,
    container:
      containerRef === undefined ? undefined : cache.informer(Container).get({ namespace, name: containerRef.name }),
    backups: cache.informer(Backup).list(namespace),
    seen: {},
  };
}

/** What earlier steps settled. Sound: only this kind's steps write there, in the words of its schema. */
export function resolvedOf({ resolved }: StepEntry): ResolvedRestore {
  return resolved;
}

/** The store in use, as it is now; absent when it was deleted meanwhile. */
export function storeOf({ pass, namespace }: RestoreScope, entry: StepEntry): BackupStore | undefined {
  const { store: name } = resolvedOf(entry);
  return name === undefined ? undefined : pass.cache.informer(BackupStore).get({ namespace, name });
}
