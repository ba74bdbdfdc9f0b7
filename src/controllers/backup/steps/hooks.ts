/**
 * PreHooks and PostHooks: commands in the workload's pods, one at a time, each recorded before the next is begun. Those
 * after the copy are walked as soon as it is made, and are a duty: once a hook before it was begun they are run at every end.
 */
import { type HookPhase, hookFailure, mergeResults, nextHook, resultOf } from '#contracts/hooks/next.ts';
import { runHook } from '#contracts/hooks/run.ts';
import { counted } from '#contracts/text/figures.ts';
import type { Hook, HookResult } from '#crds/run/hooks.ts';
import { durationMs } from '#crds/schema/duration.ts';
import { runStatusOf } from '#runtime/controller/run-status.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { recordOf } from '#runtime/itinerary/record.ts';
import { done, fail, type RunStep, type StepEntry, type StepResult, skip, wait } from '#runtime/itinerary/types.ts';
import { hookResults, hookTarget } from '../hooks.ts';
import { type BackupScope, resolvedOf } from '../scope.ts';

/** Milliseconds beyond what the hooks may take: for an API server that is away for a while. */
const slack = 300_000;
/** A hook that undoes what another has done is tried once more at the end. */
const triesOfDuty = 2;

export const preHooks: RunStep<BackupScope> = {
  name: 'PreHooks',
  effect: true,
  deadline: ({ backup }) => allowance(backup.spec.hooks?.pre ?? [], 1),
  run: async (scope, entry) => {
    const { hooks } = scope.backup.spec;
    if (hooks === undefined) return skip('spec has no hooks');
    scope.seen.hooksBegun = true;
    const { pre = [] } = hooks;
    const hook = nextHook(pre, hookResults(scope), { phase: 'Pre', tries: 1 });
    if (hook === undefined) return done(ran(pre.length));
    await enter(scope, entry, 'Pre', hook);
    const failure = hookFailure(pre, hookResults(scope), 'Pre');
    return failure === undefined ? next(pre, scope, 'Pre') : fail(hookFailed(failure));
  },
};

export const postHooks: RunStep<BackupScope> = {
  name: 'PostHooks',
  effect: true,
  deadline: ({ backup }) => allowance(backup.spec.hooks?.post ?? [], 1),
  run: async (scope, entry) => {
    const { post = [] } = scope.backup.spec.hooks ?? {};
    if (post.length === 0) return skip('spec has no hooks for after the copy');
    if (resolvedOf(entry).cutAt === undefined) return skip('the claims are read while in use: hooks follow at the end');
    const hook = nextHook(due(post, true), hookResults(scope), { phase: 'Post', tries: 1 });
    if (hook !== undefined) {
      await enter(scope, entry, 'Post', hook);
      return next(due(post, true), scope, 'Post');
    }
    const failure = hookFailure(post, hookResults(scope), 'Post');
    return done(failure === undefined ? ran(post.length) : `${saidOf(failure)}; tried once more at the end`);
  },
};

export const postHooksDuty: RunStep<BackupScope> = {
  name: 'PostHooks',
  effect: true,
  deadline: ({ backup }) => allowance(backup.spec.hooks?.post ?? [], triesOfDuty),
  run: async (scope, entry) => {
    const { post = [] } = scope.backup.spec.hooks ?? {};
    if (post.length === 0 || !hasBegun(scope)) return skip('no hook was begun');
    const { cutAt, volumes } = resolvedOf(entry);
    const wanted = due(post, cutAt !== undefined || volumes !== undefined);
    const hook = nextHook(wanted, hookResults(scope), { phase: 'Post', tries: triesOfDuty });
    if (hook !== undefined) {
      await enter(scope, entry, 'Post', hook);
      return wait('RunningHooks', 'hooks after the copy are run', 0);
    }
    const failure = hookFailure(post, hookResults(scope), 'Post');
    return failure === undefined ? done(ran(wanted.length)) : fail(hookFailed(failure));
  },
};

/** Runs the hook and keeps what became of it. */
async function enter(scope: BackupScope, entry: StepEntry, phase: HookPhase, hook: Hook): Promise<void> {
  const { pass, seen } = scope;
  const attempts = (resultOf(hookResults(scope), phase, hook.name)?.attempts ?? 0) + 1;
  const run = await runHook(pass, hookTarget(scope, entry), hook);
  seen.hooks = mergeResults(seen.hooks ?? [], [{ phase, name: hook.name, attempts, ...run }]);
}

/** A pass for each hook, so that its result is stored before the next is begun. */
function next(hooks: readonly Hook[], scope: BackupScope, phase: HookPhase): StepResult {
  const hook = nextHook(hooks, hookResults(scope), { phase, tries: 1 });
  return wait('RunningHooks', hook === undefined ? 'the hooks were run' : `hook ${hook.name} is next`, 0);
}

/** Those that are meant for a copy that was made, or for one that was not. */
function due<H extends { readonly when: 'Always' | 'OnSuccess' | 'OnFailure' }>(
  hooks: readonly H[],
  isCopied: boolean,
): H[] {
  return hooks.filter(({ when }) => when === 'Always' || (when === 'OnSuccess') === isCopied);
}

/** Whether a hook may have been run: in an earlier pass or in this one. */
function hasBegun({ backup, seen }: BackupScope): boolean {
  const run = runStatusOf(backup);
  const state = run && recordOf(run, 'Forward', preHooks.name)?.state;
  return seen.hooksBegun === true || state === 'Running' || state === 'Succeeded' || state === 'Failed';
}

function allowance(hooks: readonly Hook[], tries: number): number {
  return hooks.reduce((sum, { timeout }) => sum + durationMs(timeout) * tries, slack);
}

function hookFailed(failure: HookResult): DokkerrError {
  return new DokkerrError('DKR_HOOK_FAILED', saidOf(failure), { reason: 'HookFailed' });
}

function saidOf({ phase, name, message = 'it failed' }: HookResult): string {
  return `hook ${name} (${phase === 'Pre' ? 'before' : 'after'} the copy) failed: ${message}`;
}

function ran(count: number): string {
  return count === 0 ? 'there is no hook to run' : `${counted(count, 'hook')} run`;
}
