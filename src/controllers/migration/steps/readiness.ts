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
const recheckReady = 500;
/** Milliseconds beside the deadline of ours, which says what is wrong. */
const margin = 60_000;

/** How long the workload may take, as durations are written, and the list in which a step `Resume` gives it that time. */
export interface Patience {
  readonly within: string;
  readonly list: ListName;
}

/** Milliseconds that a step which starts the workload may take. */
export function readyDeadline(within: string): number {
  return durationMs(within) + margin;
}

export async function startAndAwait(
  scope: MigrationScope,
  entry: StepEntry,
  { within, list }: Patience,
): Promise<StepResult> {
  const started = await startAll(scope, entry);
  if (started.kind === 'wait' || started.kind === 'fail') return started;
  const workloads = workloadsOf(scope, entry);
  for (const workload of workloads) {
    const readiness = await workloadReadiness(scope.pass.client, workload);
    if (readiness.ready || readiness.gone === true) continue;
    if (waitedMs(scope, entry, list) <= durationMs(within)) return wait('Starting', readiness.message, recheckReady);
    return fail(new DokkerrError('DKR_WORKLOAD_FAILED', `not ready within ${within}: ${readiness.message}`));
  }
  return done(`${workloads.map(titleOf).join(', ')} ready`);
}

function waitedMs({ pass }: MigrationScope, { run }: StepEntry, list: ListName): number {
  const since = recordOf(run, list, 'Resume')?.startedAt;
  return since === undefined ? 0 : pass.now().getTime() - Date.parse(since);
}
