/**
 * PreHooks and PostHooks of a backup: those after the copy are walked as soon as it is made, before anything is stored, and
 * one that failed is tried once more at the end.
 */
import { hookSteps, ran } from '#contracts/hooks/steps.ts';
import { done, type RunStep, skip } from '#runtime/itinerary/types.ts';
import { hookScope, hookTarget } from '../hooks.ts';
import { type BackupScope, resolvedOf } from '../scope.ts';

/** A hook that undoes what another has done is tried once more at the end. */
const triesOfDuty = 2;

const hooks = hookSteps<BackupScope>({ of: hookScope, target: hookTarget, work: 'the copy' });

export const preHooks: RunStep<BackupScope> = hooks.pre;

export const postHooks: RunStep<BackupScope> = {
  name: 'PostHooks',
  effect: true,
  deadline: (scope) => hooks.postAllowance(scope, 1),
  run: async (scope, entry) => {
    const count = hooks.postOf(scope).length;
    if (count === 0) return skip('spec has no hooks for after the copy');
    if (resolvedOf(entry).cutAt === undefined) return skip('the claims are read while in use: hooks follow at the end');
    const further = await hooks.runPost(scope, entry);
    if (further !== undefined) return further;
    const failure = hooks.postFailure(scope);
    return done(failure === undefined ? ran(count) : `${failure.message}; tried once more at the end`);
  },
};

export const postHooksDuty: RunStep<BackupScope> = {
  name: 'PostHooks',
  effect: true,
  deadline: (scope) => hooks.postAllowance(scope, triesOfDuty),
  run: (scope, entry) => {
    const { cutAt, volumes } = resolvedOf(entry);
    return hooks.runOwed(scope, entry, cutAt !== undefined || volumes !== undefined, triesOfDuty);
  },
};
