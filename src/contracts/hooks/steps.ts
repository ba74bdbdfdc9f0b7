/**
 * Hooks as steps of a run: one a pass, each result recorded before the next is begun. Once one of those before the work was
 * begun, those after it are run at every end: they are a duty.
 */
import { counted } from '#contracts/text/figures.ts';
import type { Hook, HookResult, PostHook } from '#crds/run/hooks.ts';
import { durationMs } from '#crds/schema/duration.ts';
import type { KubernetesObject } from '#runtime/client/types.ts';
import { runStatusOf } from '#runtime/controller/run-status.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { recordOf } from '#runtime/itinerary/record.ts';
import { done, fail, type RunStep, type StepEntry, type StepResult, skip, wait } from '#runtime/itinerary/types.ts';
import { type HookPhase, hookFailure, mergeResults, nextHook, resultOf } from './next.ts';
import { type HookPass, type HookTarget, runHook } from './run.ts';

/** Milliseconds beyond what the hooks may take: for an API server that is away for a while. */
const slack = 300_000;
/** Milliseconds; the longest that a hook may take, and what a pass does besides. */
export const hookPassTimeout = 11 * 60_000;

/** What a pass has run of hooks so far. */
export interface SeenHooks {
  hooks?: HookResult[];
  hooksBegun?: true;
}

/** A run whose spec may have hooks, as a pass reads it. */
export interface HookScope {
  readonly pass: HookPass;
  readonly seen: SeenHooks;
  /** the run itself */
  readonly object: KubernetesObject & {
    readonly spec: { readonly hooks?: { readonly pre?: readonly Hook[]; readonly post?: readonly PostHook[] } };
    readonly status?: { readonly hooks?: readonly HookResult[] };
  };
}

/** What the hooks of a kind of run are about. */
export interface HookSubject<S> {
  readonly of: (scope: S) => HookScope;
  readonly target: (scope: S, entry: StepEntry) => HookTarget;
  /** what is between them: `the copy` */
  readonly work: string;
}

/** As stored, with what this pass found. */
export function hookResults({ object, seen }: Pick<HookScope, 'object' | 'seen'>): HookResult[] {
  return mergeResults(object.status?.hooks ?? [], seen.hooks ?? []);
}

/** The steps of such a kind. */
export function hookSteps<S>(subject: HookSubject<S>) {
  const preOf = (scope: S) => subject.of(scope).object.spec.hooks?.pre ?? [];
  const postOf = (scope: S) => subject.of(scope).object.spec.hooks?.post ?? [];

  /** Runs the hook and keeps what became of it. */
  const enter = async (scope: S, entry: StepEntry, phase: HookPhase, hook: Hook): Promise<void> => {
    const { pass, seen, ...rest } = subject.of(scope);
    const attempts = (resultOf(hookResults({ ...rest, seen }), phase, hook.name)?.attempts ?? 0) + 1;
    const run = await runHook(pass, subject.target(scope, entry), hook);
    seen.hooks = mergeResults(seen.hooks ?? [], [{ phase, name: hook.name, attempts, ...run }]);
  };

  const failureOf = (hooks: readonly Hook[], scope: S, phase: HookPhase): DokkerrError | undefined => {
    const failure = hookFailure(hooks, hookResults(subject.of(scope)), phase);
    if (failure === undefined) return undefined;
    const { name, message = 'it failed' } = failure;
    const when = phase === 'Pre' ? 'before' : 'after';
    const sentence = `hook ${name} (${when} ${subject.work}) failed: ${message}`;
    return new DokkerrError('DKR_HOOK_FAILED', sentence, { reason: 'HookFailed' });
  };

  /** A pass for each hook, so that its result is stored before the next is begun. */
  const further = (hooks: readonly Hook[], scope: S, phase: HookPhase): StepResult => {
    const hook = nextHook(hooks, hookResults(subject.of(scope)), { phase, tries: 1 });
    return wait('RunningHooks', hook === undefined ? 'the hooks were run' : `hook ${hook.name} is next`, 0);
  };

  const pre: RunStep<S> = {
    name: 'PreHooks',
    effect: true,
    deadline: (scope) => allowance(preOf(scope), 1),
    run: async (scope, entry) => {
      const { object, seen } = subject.of(scope);
      if (object.spec.hooks === undefined) return skip('spec has no hooks');
      seen.hooksBegun = true;
      const hooks = preOf(scope);
      const hook = nextHook(hooks, hookResults(subject.of(scope)), { phase: 'Pre', tries: 1 });
      if (hook === undefined) return done(ran(hooks.length));
      await enter(scope, entry, 'Pre', hook);
      const failure = failureOf(hooks, scope, 'Pre');
      return failure === undefined ? further(hooks, scope, 'Pre') : fail(failure);
    },
  };

  /** One more of those after work that was done; undefined once all were run. */
  const runPost = async (scope: S, entry: StepEntry): Promise<StepResult | undefined> => {
    const hooks = due(postOf(scope), true);
    const hook = nextHook(hooks, hookResults(subject.of(scope)), { phase: 'Post', tries: 1 });
    if (hook === undefined) return undefined;
    await enter(scope, entry, 'Post', hook);
    return further(hooks, scope, 'Post');
  };

  /** One more of those owed at an end. @param tries how often one that failed is run in all */
  const runOwed = async (scope: S, entry: StepEntry, isDone: boolean, tries: number): Promise<StepResult> => {
    if (postOf(scope).length === 0 || !hasBegun(subject.of(scope))) return skip('no hook was begun');
    const wanted = due(postOf(scope), isDone);
    const hook = nextHook(wanted, hookResults(subject.of(scope)), { phase: 'Post', tries });
    if (hook !== undefined) {
      await enter(scope, entry, 'Post', hook);
      return wait('RunningHooks', `hooks after ${subject.work} are run`, 0);
    }
    const failure = failureOf(wanted, scope, 'Post');
    return failure === undefined ? done(ran(wanted.length)) : fail(failure);
  };

  return {
    pre,
    runPost,
    runOwed,
    postOf,
    postFailure: (scope: S) => failureOf(postOf(scope), scope, 'Post'),
    /** @param tries how often each may be run */
    postAllowance: (scope: S, tries: number) => allowance(postOf(scope), tries),
  };
}

/** Those that are meant for work that was done, or for work that was not. */
function due(hooks: readonly PostHook[], isDone: boolean): PostHook[] {
  return hooks.filter(({ when }) => when === 'Always' || (when === 'OnSuccess') === isDone);
}

/** Whether a hook may have been run: in an earlier pass or in this one. */
function hasBegun({ object, seen }: HookScope): boolean {
  const run = runStatusOf(object);
  const state = run && recordOf(run, 'Forward', 'PreHooks')?.state;
  return seen.hooksBegun === true || state === 'Running' || state === 'Succeeded' || state === 'Failed';
}

function allowance(hooks: readonly Hook[], tries: number): number {
  return hooks.reduce((sum, { timeout }) => sum + durationMs(timeout) * tries, slack);
}

export function ran(count: number): string {
  return count === 0 ? 'there is no hook to run' : `${counted(count, 'hook')} run`;
}
