/**
 * Stopping a workload for as long as a run needs nobody to write to its claims, and starting it again. Whoever stops it has
 * the second as a duty. A Container is stopped by an annotation alone, which its controller heeds; the others by scaling
 * them to 0, with what they had beside it in annotations, all in one write.
 *
 * An autoscaler does nothing while there are 0 replicas, a paused Deployment is scaled all the same. Whoever scales it up
 * meanwhile is overruled, and remembered: it starts with as many as were asked for last.
 *
 * Rights: containers, deployments and statefulsets get and patch; pods list.
 */
import { stopAnnotation, stoppedFor } from '#contracts/container/stop.ts';
import { podsUsing } from '#contracts/pod/users.ts';
import type { Client } from '#runtime/client/types.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, type StepResult, skip, wait } from '#runtime/itinerary/types.ts';
import { getWorkload, patchWorkload, type Scaled, titleOf, type Workload, type WorkloadRef } from './workload.ts';

/** Of a workload scaled to 0: how many replicas it had. */
export const replicasBefore = 'dokkerr.io/replicas-before';

/** Milliseconds; pods may take their grace period, at most a day, but hardly anybody gives them an hour. */
export const stopDeadline = 3_600_000;
/** Milliseconds between looks for pods of others, which no watch of ours sees; an application stands still meanwhile. */
export const recheckPods = 500;

/** Who has what stopped. */
export interface Stopping {
  readonly workload: WorkloadRef;
  /** `<Kind>/<name>` of the run */
  readonly requester: string;
  /** which no pod may use any more */
  readonly claims: readonly string[];
}

/**
 * Done once no pod uses the claims; waits while another run has it stopped. Of a workload that was deleted, only its pods are
 * waited for.
 * @throws DKR_SPEC_INVALID when stopping it would lose data
 */
export async function stopWorkload(
  client: Client,
  { workload: ref, requester, claims }: Stopping,
): Promise<StepResult> {
  const workload = await getWorkload(client, ref);
  if (workload !== undefined) {
    const owner = stopperOf(workload);
    if (owner !== undefined && owner !== requester) {
      return wait('StoppedForAnother', `${titleOf(ref)} is stopped for ${owner}`, recheckPods);
    }
    const obstacle = obstacleOf(workload);
    if (obstacle !== undefined) throw new DokkerrError('DKR_SPEC_INVALID', obstacle);
    const change = stopChange(workload, requester);
    if (change !== undefined) await write(client, workload, change);
  }
  const users = (await podsUsing(client, ref.namespace, claims)).map(({ metadata }) => metadata.name);
  if (users.length > 0) return wait('Stopping', `waiting for ${users.join(', ')} to end`, recheckPods);
  return done(workload === undefined ? `${titleOf(ref)} is gone` : `${titleOf(ref)} is stopped`);
}

/** It runs again as before, or as somebody asked meanwhile, if it was stopped for this run. */
export async function startWorkload(client: Client, ref: WorkloadRef, requester: string): Promise<StepResult> {
  const workload = await getWorkload(client, ref);
  if (workload === undefined) return skip(`${titleOf(ref)} is gone`);
  const change = startChange(workload, requester);
  if (change === undefined) return skip('nothing was stopped');
  if (!isObserved(workload)) {
    return wait('Starting', `${titleOf(ref)} was changed, which its controller has not seen yet`, recheckPods);
  }
  await write(client, workload, change);
  return done(`${titleOf(ref)} is started again`);
}

/** Whom it is stopped for. An annotation that a rollback of the Deployment brought back says nothing while pods are wanted. */
export function stopperOf(workload: Workload): string | undefined {
  const requester = stoppedFor(workload.object);
  return workload.kind === 'Container' || replicasOf(workload) === 0 ? requester : undefined;
}

/** Why it cannot be stopped and started without loss; undefined where it can. */
export function obstacleOf(workload: Workload): string | undefined {
  if (workload.kind !== 'StatefulSet') return undefined;
  const { metadata, spec } = workload.object;
  if (spec.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete') return undefined;
  return `StatefulSet ${metadata.name} deletes its claims when it is scaled to 0; set persistentVolumeClaimRetentionPolicy.whenScaled: Retain`;
}

/** How many pods it is meant to have while nobody has it stopped. */
export function usualReplicas(workload: Workload): number {
  if (workload.kind === 'Container') return workload.object.spec.suspend ? 0 : workload.object.spec.replicas;
  return stopperOf(workload) === undefined ? replicasOf(workload) : remembered(workload);
}

interface Change {
  readonly annotations: Readonly<Record<string, string | null>>;
  readonly replicas?: number;
}

/** What is to be written for it to stop; undefined where that was done. */
export function stopChange(workload: Workload, requester: string): Change | undefined {
  if (stopperOf(workload) === requester) return undefined;
  if (workload.kind === 'Container') return { annotations: { [stopAnnotation]: requester } };
  const replicas = replicasOf(workload);
  return { annotations: { [stopAnnotation]: requester, [replicasBefore]: String(replicas) }, replicas: 0 };
}

/** What is to be written for it to start; undefined where it is not stopped for this run. */
export function startChange(workload: Workload, requester: string): Change | undefined {
  if (stoppedFor(workload.object) !== requester) return undefined;
  if (workload.kind === 'Container') return { annotations: { [stopAnnotation]: null } };
  const annotations = { [stopAnnotation]: null, [replicasBefore]: null };
  return replicasOf(workload) > 0 ? { annotations } : { annotations, replicas: remembered(workload) };
}

function replicasOf({ object: { spec } }: Scaled): number {
  return spec.replicas ?? 1;
}

function remembered({ object: { metadata } }: Scaled): number {
  const replicas = Number(metadata.annotations?.[replicasBefore] ?? 1);
  return Number.isInteger(replicas) && replicas >= 0 ? replicas : 1;
}

/** A StatefulSet with a partition would make pods of its old template as long as it has not seen that none is left. */
function isObserved(workload: Workload): boolean {
  if (workload.kind !== 'StatefulSet') return true;
  const { metadata, status } = workload.object;
  return (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
}

async function write(client: Client, workload: Workload, { annotations, replicas }: Change): Promise<void> {
  const { resourceVersion } = workload.object.metadata;
  const metadata = { annotations, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  await patchWorkload(client, workload, { metadata, ...(replicas === undefined ? {} : { spec: { replicas } }) });
}
