/** The kinds of workload that can be stopped and started: what they have in common, read in one shape. */
import { claimName, claimVolumes } from '#contracts/container/claims.ts';
import { Container } from '#crds/container.ts';
import { Deployment, StatefulSet } from '#runtime/client/kinds.ts';
import type { Client, Kind, Patch } from '#runtime/client/types.ts';

export type WorkloadKind = 'Container' | 'Deployment' | 'StatefulSet';

/** Which workload. */
export interface WorkloadRef {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
}

/** A workload as the API server has it. */
export type Workload =
  | { readonly kind: 'Container'; readonly object: Container }
  | { readonly kind: 'Deployment'; readonly object: Deployment }
  | { readonly kind: 'StatefulSet'; readonly object: StatefulSet };

/** Those that Kubernetes scales by `spec.replicas`. */
export type Scaled = Exclude<Workload, { readonly kind: 'Container' }>;

/** Rights: containers, deployments and statefulsets get. */
export async function getWorkload(client: Client, ref: WorkloadRef): Promise<Workload | undefined> {
  switch (ref.kind) {
    case 'Container': {
      const object = await client.get(Container, ref);
      return object && { kind: 'Container', object };
    }
    case 'Deployment': {
      const object = await client.get(Deployment, ref);
      return object && { kind: 'Deployment', object };
    }
    case 'StatefulSet': {
      const object = await client.get(StatefulSet, ref);
      return object && { kind: 'StatefulSet', object };
    }
  }
}

const kinds: Readonly<Record<WorkloadKind, Kind>> = { Container, Deployment, StatefulSet };

/** Rights: containers, deployments and statefulsets patch. */
export async function patchWorkload(client: Client, { kind, object }: Workload, patch: Patch): Promise<void> {
  await client.patch(kinds[kind], object.metadata, patch);
}

/** `Deployment web`, as messages name it. */
export function titleOf({ kind, name }: Pick<WorkloadRef, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}

/** Whether its pods mount the claim, also while it has none. `PerReplica`: the claim is made for one of its replicas. */
export function useOf(workload: Workload, claim: string): 'Named' | 'PerReplica' | undefined {
  if (namedClaims(workload).includes(claim)) return 'Named';
  return claimPrefixes(workload).some((prefix) => isOrdinalOf(prefix, claim)) ? 'PerReplica' : undefined;
}

/** The claims its pods mount by a name of their own. */
function namedClaims(workload: Workload): string[] {
  if (workload.kind === 'Container') {
    return workload.object.spec.volumes.flatMap(({ existingClaim }) => existingClaim?.claimName ?? []);
  }
  const volumes = workload.object.spec.template.spec?.volumes ?? [];
  return volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
}

/** The names of the claims made for its replicas, but for the ordinal. */
function claimPrefixes(workload: Workload): string[] {
  switch (workload.kind) {
    case 'Container':
      return claimVolumes(workload.object).map(({ name }) => claimName(workload.object, name, 0).slice(0, -1));
    case 'Deployment':
      return [];
    case 'StatefulSet': {
      const { metadata, spec } = workload.object;
      return (spec.volumeClaimTemplates ?? []).map((template) => `${template.metadata?.name}-${metadata.name}-`);
    }
  }
}

function isOrdinalOf(prefix: string, claim: string): boolean {
  return claim.startsWith(prefix) && /^\d+$/.test(claim.slice(prefix.length));
}
