/** Which hook is next, and what the results so far come to. Pure. */
import type { Hook, HookResult } from '#crds/run/hooks.ts';

export type HookPhase = HookResult['phase'];

/** What has become of a hook so far. */
export function resultOf(results: readonly HookResult[], phase: HookPhase, name: string): HookResult | undefined {
  return results.find((result) => result.phase === phase && result.name === name);
}

/** The first hook that has not been run; with `tries` above one, also one that failed fewer times than that. */
export function nextHook<H extends Hook>(
  hooks: readonly H[],
  results: readonly HookResult[],
  { phase, tries }: { readonly phase: HookPhase; readonly tries: number },
): H | undefined {
  return hooks.find(({ name }) => {
    const result = resultOf(results, phase, name);
    return result === undefined || (result.outcome === 'Failed' && result.attempts < tries);
  });
}

/** The first failure that counts: that of a hook with `onError: Fail`. */
export function hookFailure(
  hooks: readonly Hook[],
  results: readonly HookResult[],
  phase: HookPhase,
): HookResult | undefined {
  return hooks
    .filter(({ onError }) => onError === 'Fail')
    .map(({ name }) => resultOf(results, phase, name))
    .find((result) => result?.outcome === 'Failed');
}

/** The results in the order in which the hooks were run first, later ones in place of those of the same hook. */
export function mergeResults(before: readonly HookResult[], later: readonly HookResult[]): HookResult[] {
  const replaced = before.map((result) => resultOf(later, result.phase, result.name) ?? result);
  const added = later.filter(({ phase, name }) => resultOf(before, phase, name) === undefined);
  return [...replaced, ...added];
}
