/** Stopping everything that uses the claims, and starting it again. */
import { breachOf } from '#contracts/workload/breach.ts';
import { startWorkload, stopWorkload } from '#contracts/workload/stop.ts';
import { titleOf } from '#contracts/workload/workload.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { done, type StepEntry, type StepResult, skip } from '#runtime/itinerary/types.ts';
import { type MigrationScope, requesterOf, resolvedOf, workloadsOf } from '../scope.ts';

/** All are asked to stop before any is waited for. */
export async function stopAll(scope: MigrationScope, entry: StepEntry): Promise<StepResult> {
  const workloads = workloadsOf(scope, entry);
  if (workloads.length === 0) return skip('nothing uses the claim');
  const claims = (resolvedOf(entry).volumes ?? []).map(({ claim }) => claim);
  const requester = requesterOf(scope);
  const results: StepResult[] = [];
  for (const workload of workloads) {
    results.push(await stopWorkload(scope.pass.client, { workload, requester, claims }));
  }
  return results.find(({ kind }) => kind === 'wait' || kind === 'fail') ?? done(`${namesOf(workloads)} stopped`);
}

/** What was written since the last pass is not in the copy: it is the old volume that has it, and that stays. */
export async function movedMeanwhile(scope: MigrationScope, entry: StepEntry): Promise<DokkerrError | undefined> {
  const { namespace, pass } = scope;
  const claims = (resolvedOf(entry).volumes ?? []).map(({ claim }) => claim);
  const workloads = workloadsOf(scope, entry);
  const breach = await breachOf(pass.client, requesterOf(scope), { namespace, workloads, claims });
  if (breach === undefined) return undefined;
  const message = `${breach}, so that the copy may lack what was written since; keep others (GitOps, autoscalers) from starting it, and migrate again`;
  return new DokkerrError('DKR_RUN_FAILED', message, { reason: 'StartedMeanwhile' });
}

/** Done once each was asked to start; that they run is another question. */
export async function startAll(scope: MigrationScope, entry: StepEntry): Promise<StepResult> {
  const workloads = workloadsOf(scope, entry);
  const results: StepResult[] = [];
  for (const workload of workloads) {
    results.push(await startWorkload(scope.pass.client, workload, requesterOf(scope)));
  }
  const open = results.find(({ kind }) => kind === 'wait' || kind === 'fail');
  if (open !== undefined) return open;
  return results.some(({ kind }) => kind === 'done')
    ? done(`${namesOf(workloads)} started again`)
    : skip('nothing was stopped');
}

function namesOf(workloads: Parameters<typeof titleOf>[0][]): string {
  return workloads.map(titleOf).join(', ');
}
