/** The engine's part of a run kind's status. */
import type { KubernetesObject } from '../client/types.ts';
import type { RunStatus } from '../itinerary/types.ts';

/** Undefined for a run that has not begun. */
export function runStatusOf(object: KubernetesObject & { status?: object }): RunStatus | undefined {
  // Sound: the status of a run kind is written by this engine alone, and its schema is that of `RunStatus` and more.
  const status: Partial<RunStatus> | undefined = object.status;
  if (status?.steps === undefined || status.itinerary === undefined) return undefined;
  const { itinerary, steps, resolved, startedAt, completedAt, outcome, failure } = status;
  return {
    itinerary,
    steps,
    ...(resolved === undefined ? {} : { resolved }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(completedAt === undefined ? {} : { completedAt }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(failure === undefined ? {} : { failure }),
  };
}
