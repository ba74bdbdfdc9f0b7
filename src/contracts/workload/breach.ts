/**
 * Whether a workload that was stopped has stood still since. Only whoever stopped it sets it to 0, so that one who started it
 * again meanwhile (a GitOps tool, an autoscaler of others, a person) is seen, as long as nobody stops it anew in between.
 *
 * Rights: containers, deployments and statefulsets get; pods list.
 */
import { podsUsing } from '#contracts/pod/users.ts';
import type { Client } from '#runtime/client/types.ts';
import { stopperOf, usualReplicas } from './stop.ts';
import { getWorkload, titleOf, type WorkloadRef } from './workload.ts';

/** Why somebody may have written to the claims since, in a sentence; undefined where nobody can have. */
export async function breachOf(
  client: Client,
  requester: string,
  { namespace, workloads, claims }: { namespace: string; workloads: readonly WorkloadRef[]; claims: readonly string[] },
): Promise<string | undefined> {
  for (const ref of workloads) {
    const workload = await getWorkload(client, ref);
    if (workload === undefined || stopperOf(workload) === requester) continue;
    return `${titleOf(ref)} was started again, with ${usualReplicas(workload)} replicas`;
  }
  const [user] = await podsUsing(client, namespace, claims);
  return user && `pod ${user.metadata.name} uses a claim that nobody may use now`;
}
