/** What planning needs to know of the cluster, as it was read. */
import type { WorkloadUse } from '#contracts/workload/find.ts';
import type { Migration } from '#crds/migration.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '#runtime/client/kinds.ts';

/** One claim that the source means. */
export interface SourceFacts {
  readonly claim: PersistentVolumeClaim;
  /** undefined while it is not bound */
  readonly volume: PersistentVolume | undefined;
  /** bytes of its files, by its latest backup */
  readonly bytes: number | undefined;
}

export interface PlanFacts {
  readonly migration: Migration;
  readonly namespace: string;
  readonly sources: readonly SourceFacts[];
  /** which of the storage classes asked for are there */
  readonly classes: ReadonlySet<string>;
  /** what can be stopped and started */
  readonly workloads: readonly WorkloadUse[];
  /** what else uses the claims, as messages name it */
  readonly strangers: readonly string[];
  /** pods that have ended and still name a claim, so that Kubernetes lets it not go */
  readonly ended: readonly string[];
  /** claims that are called as the new ones are to be: `namespace/name` */
  readonly taken: ReadonlySet<string>;
  /** of the target's namespace, where it is another: what its annotation says; undefined when there is no such namespace */
  readonly consent: { readonly exists: boolean; readonly text: string | undefined } | undefined;
}
