/**
 * Who uses claims: the workloads whose pods mount them, also while they have no pods, and the pods of anybody else. A CronJob
 * that is not suspended is among these also between two of its runs, for the next would come when nobody may write.
 *
 * Rights: containers, deployments, statefulsets, cronjobs and pods list; replicasets get.
 */
import { podsUsing } from '#contracts/pod/users.ts';
import { Container } from '#crds/container.ts';
import { CronJob, Deployment, ReplicaSet, StatefulSet } from '#runtime/client/kinds.ts';
import { controllerOf } from '#runtime/client/owners.ts';
import type { Client, KubernetesObject, OwnerReference } from '#runtime/client/types.ts';
import { obstacleOf, usualReplicas } from './stop.ts';
import { titleOf, useOf, type Workload, type WorkloadRef } from './workload.ts';

export interface WorkloadUse {
  readonly workload: WorkloadRef;
  /** pods wanted while nobody has it stopped */
  readonly replicas: number;
  /** those of the claims asked for that its pods mount */
  readonly claims: readonly { readonly name: string; readonly use: 'Named' | 'PerReplica' }[];
  /** why it cannot be stopped, in a sentence; absent where it can */
  readonly obstacle?: string;
}

export interface ClaimUsers {
  /** which can be stopped and started */
  readonly workloads: readonly WorkloadUse[];
  /** others that use a claim, as messages name them: `pod x of Job report`, `Deployment db of Cluster db`, `CronJob report` */
  readonly strangers: readonly string[];
}

export async function findWorkloads(client: Client, namespace: string, claims: readonly string[]): Promise<ClaimUsers> {
  const [workloads, pods, cronJobs] = await Promise.all([
    listWorkloads(client, namespace),
    podsUsing(client, namespace, claims),
    client.list(CronJob, { namespace }),
  ]);
  const using = new Set(workloads.filter((workload) => claims.some((claim) => useOf(workload, claim) !== undefined)));
  const scheduled = cronJobs.items.filter((cronJob) => willUse(cronJob, claims));
  const strangers = new Set(scheduled.map(({ metadata }) => `CronJob ${metadata.name}`));
  for (const pod of pods) {
    const owner = await ownerOf(client, namespace, pod);
    const workload = workloads.find(({ object }) => object.metadata.uid === owner?.uid);
    if (workload !== undefined) using.add(workload);
    else strangers.add(`pod ${pod.metadata.name}${owner === undefined ? '' : ` of ${titled(owner)}`}`);
  }
  return sort([...using], workloads, claims, [...strangers]);
}

/** A workload that another one of them drives is that one's; one that somebody unknown drives would be put back by them. */
function sort(
  using: readonly Workload[],
  all: readonly Workload[],
  claims: readonly string[],
  strangers: string[],
): ClaimUsers {
  const drivers = new Set<Workload>();
  for (const workload of using) {
    const owner = controllerOf(workload.object);
    const driver = owner === undefined ? workload : all.find(({ object }) => object.metadata.uid === owner.uid);
    if (driver !== undefined) drivers.add(driver);
    else if (owner !== undefined) {
      strangers.push(`${titleOf({ kind: workload.kind, name: workload.object.metadata.name })} of ${titled(owner)}`);
    }
  }
  return { workloads: [...drivers].map((driver) => describe(driver, claims)), strangers: strangers.toSorted() };
}

function describe(workload: Workload, claims: readonly string[]): WorkloadUse {
  const { namespace = '', name } = workload.object.metadata;
  const obstacle = obstacleOf(workload);
  return {
    workload: { kind: workload.kind, namespace, name },
    replicas: usualReplicas(workload),
    claims: claims.flatMap((claim) => {
      const use = useOf(workload, claim);
      return use === undefined ? [] : [{ name: claim, use }];
    }),
    ...(obstacle === undefined ? {} : { obstacle }),
  };
}

function willUse({ spec }: CronJob, claims: readonly string[]): boolean {
  const volumes = spec.jobTemplate.spec?.template.spec?.volumes ?? [];
  const names = volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
  return spec.suspend !== true && names.some((name) => claims.includes(name));
}

async function listWorkloads(client: Client, namespace: string): Promise<Workload[]> {
  const [containers, deployments, statefulSets] = await Promise.all([
    client.list(Container, { namespace }),
    client.list(Deployment, { namespace }),
    client.list(StatefulSet, { namespace }),
  ]);
  return [
    ...containers.items.map((object) => ({ kind: 'Container', object }) as const),
    ...deployments.items.map((object) => ({ kind: 'Deployment', object }) as const),
    ...statefulSets.items.map((object) => ({ kind: 'StatefulSet', object }) as const),
  ];
}

/** Of a pod that a Deployment made, the Deployment. */
async function ownerOf(client: Client, namespace: string, pod: KubernetesObject): Promise<OwnerReference | undefined> {
  const owner = controllerOf(pod);
  if (owner?.kind !== ReplicaSet.kind) return owner;
  const replicaSet = await client.get(ReplicaSet, { namespace, name: owner.name });
  return (replicaSet && controllerOf(replicaSet)) ?? owner;
}

function titled({ kind, name }: OwnerReference): string {
  return `${kind} ${name}`;
}
