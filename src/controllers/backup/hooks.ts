/** Hooks of a backup: what is to be run, and where. */

import { wantedReplicas } from '#contracts/container/stop.ts';
import type { HookTarget } from '#contracts/hooks/run.ts';
import type { HookScope } from '#contracts/hooks/steps.ts';
import type { StepEntry } from '#runtime/itinerary/types.ts';
import { type BackupScope, containerOf, resolvedOf } from './scope.ts';

export function hookScope({ backup: object, pass, seen }: BackupScope): HookScope {
  return { object, pass, seen };
}

/** The pods that use the claims; of a Container that is meant to run there has to be one. */
export function hookTarget(scope: BackupScope, entry: StepEntry): HookTarget {
  const { namespace } = scope;
  const container = containerOf(scope);
  const claims = (resolvedOf(entry).claims ?? []).map(({ name }) => name);
  return { namespace, claims, awaited: container !== undefined && wantedReplicas(container) > 0 };
}
