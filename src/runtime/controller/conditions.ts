/**
 * Conditions as pure data. A kind says what holds now, without times; what was said before decides the times.
 * Rules: metav1.Condition (https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md)
 * and kstatus for `Ready`, `Reconciling`, `Stalled`.
 */

export type ConditionStatus = 'True' | 'False' | 'Unknown';

/** A condition as the API server stores it. */
export interface Condition<Type extends string = string> {
  type: Type;
  status: ConditionStatus;
  /** one CamelCase word for machines */
  reason: string;
  /** a sentence for people */
  message: string;
  observedGeneration?: number;
  /** RFC 3339; when `status` last changed */
  lastTransitionTime: string;
}

/** A condition as a kind states it; the engine dates it. A time that is given is ignored. */
export type ConditionInput<Type extends string = string> = Omit<
  Condition<Type>,
  'lastTransitionTime' | 'observedGeneration'
> & {
  observedGeneration?: number | undefined;
  lastTransitionTime?: string | undefined;
};

/** The condition of that type, if there is one. */
export function findCondition<C extends { readonly type: string }>(
  conditions: readonly C[] | undefined,
  type: C['type'],
): C | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** The list with `condition` in the place of the one of its type, or behind all others. */
export function setCondition<C extends { readonly type: string }>(conditions: readonly C[], condition: C): C[] {
  const index = conditions.findIndex(({ type }) => type === condition.type);
  return index < 0 ? [...conditions, condition] : conditions.with(index, condition);
}

/** The list without the condition of that type. */
export function removeCondition<C extends { readonly type: string }>(conditions: readonly C[], type: C['type']): C[] {
  return conditions.filter((condition) => condition.type !== type);
}

/**
 * What a kind stated, ready to be stored: each condition with the generation it was said of, and with the time its
 * status last changed, which is the old one's where the status is the same.
 */
export function dateConditions(
  stated: readonly ConditionInput[],
  before: readonly ConditionInput[],
  generation: number | undefined,
  now: Date,
): Condition[] {
  return stated.map(({ type, status, reason, message, observedGeneration = generation }) => {
    const old = findCondition(before, type);
    const kept = old?.status === status ? old.lastTransitionTime : undefined;
    return {
      type,
      status,
      reason,
      message,
      ...(observedGeneration === undefined ? {} : { observedGeneration }),
      lastTransitionTime: kept ?? rfc3339(now),
    };
  });
}

/** metav1.Time: whole seconds, UTC. */
export function rfc3339(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
