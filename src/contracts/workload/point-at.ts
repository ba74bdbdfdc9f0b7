/**
 * Has a workload's pods mount another claim in place of one they name.
 *
 * Rights: containers, deployments and statefulsets get and patch.
 */
import type { Client } from '#runtime/client/types.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { getWorkload, patchWorkload, titleOf, useOf, type Workload, type WorkloadRef } from './workload.ts';

/**
 * Whether anything had to be changed; false also where the workload is gone or names neither claim.
 * @throws DKR_SPEC_INVALID when it cannot name another claim
 */
export async function pointAt(client: Client, ref: WorkloadRef, from: string, to: string): Promise<boolean> {
  const workload = await getWorkload(client, ref);
  if (workload === undefined) return false;
  const obstacle = fixedClaim(workload, from);
  if (obstacle !== undefined) throw new DokkerrError('DKR_SPEC_INVALID', obstacle);
  const paths = pathsOf(workload, from);
  if (paths.length === 0) return false;
  // The tests make it a conflict when the list of volumes has changed since.
  const patch = paths.flatMap((path) => [
    { op: 'test', path, value: from },
    { op: 'replace', path, value: to },
  ]);
  await patchWorkload(client, workload, patch);
  return true;
}

/** Why its pods cannot mount another claim than this one, in a sentence; undefined where they can. */
export function fixedClaim(workload: Workload, claim: string): string | undefined {
  const title = titleOf({ kind: workload.kind, name: workload.object.metadata.name });
  if (useOf(workload, claim) === 'PerReplica') {
    return `${title} makes claim ${claim} for one of its replicas and cannot mount one of another name; keep the name (strategy SwapClaim)`;
  }
  if (workload.kind === 'Deployment' && workload.object.spec.paused === true && useOf(workload, claim) !== undefined) {
    return `${title} is paused, so its pods would go on with claim ${claim}; resume it (kubectl rollout resume)`;
  }
  return undefined;
}

function pathsOf(workload: Workload, claim: string): string[] {
  if (workload.kind === 'Container') {
    return workload.object.spec.volumes.flatMap(({ existingClaim }, index) =>
      existingClaim?.claimName === claim ? [`/spec/volumes/${index}/existingClaim/claimName`] : [],
    );
  }
  const volumes = workload.object.spec.template.spec?.volumes ?? [];
  return volumes.flatMap(({ persistentVolumeClaim }, index) =>
    persistentVolumeClaim?.claimName === claim
      ? [`/spec/template/spec/volumes/${index}/persistentVolumeClaim/claimName`]
      : [],
  );
}
