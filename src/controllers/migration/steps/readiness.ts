/** Starting everything again, and waiting until it is ready. */
import { workloadReadiness } from '#contracts/workload/readiness.ts';
import { titleOf } from '#contracts/workload/workload.ts';
import { durationMs } from '#crds/schema/duration.ts';
import { DokkerrError } from '#runtime/errors.ts';
import type { ListName } from '#runtime/itinerary/next.ts';
import { recordOf } from '#runtime/itinerary/record.ts';
import { done, fail, type StepEntry, type StepResult, wait } from '#runtime/itinerary/types.ts';
import { type MigrationScope, workloadsOf } from '../scope.ts';
import { startAll } from './stopping.ts';

/** Milliseconds between looks at workloads that no watch of ours sees. */
const recheckReady = 1_000;
/** Milliseconds beside the deadline of ours, which says what is wrong. */
const margin = 60_000;

/** Milliseconds that a step which starts the workload may take. */
export function readyDeadline({ migration: { spec } }: MigrationScope): number {
  return durationMs(spec.switchOver.readyWithin) + margin;
}

/** @param list in which a step `Resume` does this; from its first entry the deadline counts */
export async function startAndAwait(scope: MigrationScope, entry: StepEntry, list: ListName): Promise<StepResult> {
  const started = await startAll(scope, entry);
  if (started.kind === 'wait' || started.kind === 'fail') return started;
  const workloads = workloadsOf(scope, entry);
  for (const workload of workloads) {
    const readiness = await workloadReadiness(scope.pass.client, workload);
    if (readiness.ready || readiness.gone === true) continue;
    const { readyWithin } = scope.migration.spec.switchOver;
    if (waitedMs(scope, entry, list) <= durationMs(readyWithin))
      return wait('Starting', readiness.message, recheckReady);
    return fail(new DokkerrError('DKR_WORKLOAD_FAILED', `not ready within ${readyWithin}: ${readiness.message}`));
  }
  return done(`${workloads.map(titleOf).join(', ')} ready`);
}

function waitedMs({ pass }: MigrationScope, { run }: StepEntry, list: ListName): number {
  const since = recordOf(run, list, 'Resume')?.startedAt;
  return since === undefined ? 0 : pass.now().getTime() - Date.parse(since);
}
