/**
 * PreHooks and PostHooks of a restore in place: commands and requests in the Container's pods before it is stopped, and once
 * it runs on what was brought back. For those after it the Container is started as part of the restore, so that a hook that
 * fails brings the old data back.
 */
import type { HookTarget } from '#contracts/hooks/run.ts';
import { type HookScope, hookSteps, ran } from '#contracts/hooks/steps.ts';
import { workloadReadiness } from '#contracts/workload/readiness.ts';
import { recheckPods, usualReplicas } from '#contracts/workload/stop.ts';
import { runStatusOf } from '#runtime/controller/run-status.ts';
import { recordOf } from '#runtime/itinerary/record.ts';
import { done, fail, type RunStep, type StepEntry, type StepResult, skip, wait } from '#runtime/itinerary/types.ts';
import { type RestoreScope, resolvedOf } from '../scope.ts';
import { resume } from './quiesce.ts';
import { updateState } from './update-state.ts';

/** Milliseconds a Container has to get Ready on the data that was brought back. */
const readyWithin = 600_000;

const hooks = hookSteps<RestoreScope>({ of: hookScope, target: hookTarget, work: 'the restore' });

export function hookScope({ restore: object, pass, seen }: RestoreScope): HookScope {
  return { object, pass, seen };
}

function hookTarget({ namespace, container }: RestoreScope, entry: StepEntry): HookTarget {
  const claims = (resolvedOf(entry).volumes ?? []).map(({ claim }) => claim);
  // As many as it has when it is not stopped: what is known of it may be of the time when it was.
  const awaited = container !== undefined && usualReplicas({ kind: 'Container', object: container }) > 0;
  return { namespace, claims, awaited };
}

export const preHooks: RunStep<RestoreScope> = hooks.pre;

/** Only where a hook follows: else the Container is started once everything else is done. */
export const resumeForHooks: RunStep<RestoreScope> = {
  ...resume,
  effect: true,
  run: async (scope, entry) =>
    hooks.postOf(scope).length === 0 ? skip('no hook needs it: it follows at the end') : resume.run(scope, entry),
};

export const postHooks: RunStep<RestoreScope> = {
  name: 'PostHooks',
  effect: true,
  deadline: (scope) => readyWithin + hooks.postAllowance(scope, 1),
  run: async (scope, entry) => {
    const count = hooks.postOf(scope).length;
    if (count === 0) return skip('spec has no hooks for after the restore');
    const waiting = await untilReady(scope);
    if (waiting !== undefined) return waiting;
    const further = await hooks.runPost(scope, entry);
    const failure = hooks.postFailure(scope);
    return failure === undefined ? (further ?? done(ran(count))) : fail(failure);
  },
};

/** A duty, once the Container was started in any case: those that are meant for a restore that did not come about. */
export const postHooksDuty: RunStep<RestoreScope> = {
  name: 'PostHooks',
  effect: true,
  deadline: (scope) => readyWithin + hooks.postAllowance(scope, 1),
  run: async (scope, entry) => {
    const isDone = isThere(scope);
    if (isDone) return skip('they were run');
    if (hooks.postOf(scope).length === 0) return skip('spec has no hooks for after the restore');
    const result = (await untilReady(scope)) ?? (await hooks.runOwed(scope, entry, isDone, 1));
    const told = runStatusOf(scope.restore)?.failure?.message;
    return result.kind === 'fail' && result.error.message === told
      ? done('the hook that failed is not run again')
      : result;
  },
};

/** The data that was brought back is what the Container has. */
function isThere({ restore }: RestoreScope): boolean {
  const run = runStatusOf(restore);
  if (run === undefined || run.itinerary !== 'Forward') return false;
  return recordOf(run, 'Forward', updateState.name)?.state === 'Succeeded';
}

async function untilReady({ pass, namespace, container }: RestoreScope): Promise<StepResult | undefined> {
  if (container === undefined) return undefined;
  const ref = { kind: 'Container', namespace, name: container.metadata.name } as const;
  const readiness = await workloadReadiness(pass.client, ref);
  return readiness.ready ? undefined : wait('Starting', readiness.message, recheckPods);
}
