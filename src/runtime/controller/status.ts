/** From the status a kind states to the patch that stores it and the events that tell of it. Pure. */
import type { KubernetesObject } from '../client/types.ts';
import type { DokkerrError } from '../errors.ts';
import type { EventNote } from '../events/types.ts';
import { mergePatch } from '../merge-patch.ts';
import { type Condition, type ConditionInput, dateConditions, setCondition } from './conditions.ts';
import { transitionEvents } from './transitions.ts';

/** A status as far as the engine reads it. */
export interface StatusLike {
  readonly observedGeneration?: number | undefined;
  readonly conditions?: readonly ConditionInput[] | undefined;
}

export interface StatusChange {
  /** merge patch of `status`; undefined when the API server already has all of it */
  readonly patch: Record<string, unknown> | undefined;
  readonly events: readonly EventNote[];
}

/** What has to be written and told so that `object` has the status `stated`. */
export function statusChange(
  object: KubernetesObject & { status?: unknown },
  stated: StatusLike,
  context: { readonly now: Date; readonly stepFailed: boolean },
): StatusChange {
  const before = statusOf(object);
  const { generation } = object.metadata;
  const conditions: Condition[] = dateConditions(
    stated.conditions ?? [],
    before.conditions ?? [],
    generation,
    context.now,
  );
  const after = {
    ...stated,
    ...(generation === undefined ? {} : { observedGeneration: stated.observedGeneration ?? generation }),
    ...(stated.conditions === undefined ? {} : { conditions }),
  };
  return { patch: mergePatch(before, after), events: transitionEvents(before.conditions ?? [], conditions, context) };
}

/**
 * The status of an object whose pass broke before it could state one: as it was, but not Ready, and Stalled when no
 * retry can help.
 */
export function brokenStatus(object: KubernetesObject & { status?: unknown }, error: DokkerrError): StatusLike {
  const before = statusOf(object);
  const { reason, message } = error;
  const isPermanent = error.class === 'permanent';
  const stalled: ConditionInput = { type: 'Stalled', status: isPermanent ? 'True' : 'False', reason, message };
  const ready: ConditionInput = { type: 'Ready', status: 'False', reason, message };
  const reconciling: ConditionInput = { type: 'Reconciling', status: isPermanent ? 'False' : 'True', reason, message };
  const conditions = [ready, reconciling, stalled].reduce(setCondition<ConditionInput>, [...(before.conditions ?? [])]);
  const { observedGeneration: _, ...rest } = before;
  return { ...rest, conditions };
}

function statusOf(object: { status?: unknown }): StatusLike {
  // Every kind's status is an object whose conditions are metav1.Conditions (API conventions).
  return object.status ?? {};
}
