/** Everything one pass over a Migration reads. */
import type { WorkloadRef } from '#contracts/workload/workload.ts';
import { Backup } from '#crds/backup.ts';
import { BackupStore } from '#crds/backup-store.ts';
import type { MigratedVolume, Migration, ResolvedMigration } from '#crds/migration.ts';
import type { Progress } from '#crds/run/progress.ts';
import type { Pass } from '#runtime/controller/types.ts';
import type { StepEntry } from '#runtime/itinerary/types.ts';

export interface MigrationScope {
  readonly pass: Pass<Migration>;
  readonly migration: Migration;
  /** always set: a Migration is namespaced */
  readonly namespace: string;
  /** of movers: the operator's own */
  readonly image: string;
  /** every backup of the namespace */
  readonly backups: readonly Backup[];
  /** what this pass saw of a transfer under way */
  readonly seen: { progress?: Progress };
}

export function readScope(pass: Pass<Migration>, image: string): MigrationScope {
  const { object: migration, cache } = pass;
  const { namespace = '' } = migration.metadata;
  return { pass, migration, namespace, image, backups: cache.informer(Backup).list(namespace), seen: {} };
}

/** What earlier steps settled. Sound: only this kind's steps write there, in the words of its schema. */
export function resolvedOf({ resolved }: StepEntry): ResolvedMigration {
  return resolved;
}

/** The store in use, as it is now; absent when it was deleted meanwhile. */
export function storeOf({ pass, namespace }: MigrationScope, entry: StepEntry): BackupStore | undefined {
  const { store: name } = resolvedOf(entry);
  return name === undefined ? undefined : pass.cache.informer(BackupStore).get({ namespace, name });
}

/** As claims and volumes name the run that made or changed them. */
export function runName({ namespace, migration }: Pick<MigrationScope, 'namespace' | 'migration'>): string {
  return `${namespace}/${migration.metadata.name}`;
}

/** As workloads name the run they are stopped for. */
export function requesterOf({ migration }: Pick<MigrationScope, 'migration'>): string {
  return `Migration/${migration.metadata.name}`;
}

/** What is stopped and started. */
export function workloadsOf({ namespace }: MigrationScope, entry: StepEntry): WorkloadRef[] {
  return (resolvedOf(entry).workloads ?? []).map(({ kind, name }) => ({ kind, name, namespace }));
}

/** Whether the claim goes to another namespace, where none of its workloads is. */
export function leavesNamespace({ target }: Pick<MigratedVolume, 'target'>, namespace: string): boolean {
  return target.namespace !== namespace;
}

/** Whether the new volume gets the very claim the old one had. */
export function keepsClaim({ claim, target }: Pick<MigratedVolume, 'claim' | 'target'>, namespace: string): boolean {
  return target.namespace === namespace && target.name === claim;
}

/** The name of the PersistentVolume that was filled under a staging claim. @throws never: settled before it is asked for */
export function stagedVolume({ staged = [] }: ResolvedMigration, { staging }: Pick<MigratedVolume, 'staging'>): string {
  return staged.find((one) => one.staging === staging)?.volume ?? '';
}
