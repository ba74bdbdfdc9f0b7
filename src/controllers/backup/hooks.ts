/** Hooks of a backup: what is to be run, where, and what has become of it so far. */

import { wantedReplicas } from '#contracts/container/stop.ts';
import { mergeResults } from '#contracts/hooks/next.ts';
import type { HookTarget } from '#contracts/hooks/run.ts';
import type { HookResult } from '#crds/run/hooks.ts';
import type { StepEntry } from '#runtime/itinerary/types.ts';
import { type BackupScope, containerOf, resolvedOf } from './scope.ts';

/** As stored, with what this pass found. */
export function hookResults({ backup, seen }: Pick<BackupScope, 'backup' | 'seen'>): HookResult[] {
  return mergeResults(backup.status?.hooks ?? [], seen.hooks ?? []);
}

/** The pods that use the claims; of a Container that is meant to run there has to be one. */
export function hookTarget(scope: BackupScope, entry: StepEntry): HookTarget {
  const { namespace } = scope;
  const container = containerOf(scope);
  const claims = (resolvedOf(entry).claims ?? []).map(({ name }) => name);
  return { namespace, claims, awaited: container !== undefined && wantedReplicas(container) > 0 };
}
