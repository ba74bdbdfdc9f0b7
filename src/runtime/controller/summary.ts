/** What a walk comes to, in the words that every desired-state kind shares. Pure. */
import type { DokkerrError } from '../errors.ts';
import type { Walk } from '../itinerary/types.ts';
import { type ConditionInput, rfc3339 } from './conditions.ts';

/** An error as a status shows it. */
export interface LastError {
  code: string;
  class: DokkerrError['class'];
  message: string;
  /** RFC 3339; when it was first seen */
  at: string;
}

/** The error that stopped the walk. The same one keeps the time it was first seen at. */
export function lastErrorOf(walk: Walk, known: LastError | undefined, now: Date): LastError | undefined {
  const result = walk.stoppedAt?.result;
  if (result?.kind !== 'fail') return undefined;
  const { code, class: errorClass, message } = result.error;
  const same = known?.code === code && known.message === message;
  return { code, class: errorClass, message, at: same ? known.at : rfc3339(now) };
}

/**
 * Ready, Reconciling and Stalled as kstatus reads them: Ready when the walk came to its end, Stalled when a failure needs
 * somebody's doing, else Reconciling.
 * @param good what Ready says
 */
export function summaryConditions(walk: Walk, good: Pick<ConditionInput, 'reason' | 'message'>): ConditionInput[] {
  const { stoppedAt } = walk;
  if (stoppedAt === undefined) return conditions(good, { Ready: true, Reconciling: false, Stalled: false });
  const { result } = stoppedAt;
  if (result.kind === 'fail') {
    const stalled = result.error.class === 'permanent';
    return conditions(result.error, { Ready: false, Reconciling: !stalled, Stalled: stalled });
  }
  const said = result.kind === 'wait' ? result : { reason: stoppedAt.name, message: stoppedAt.name };
  return conditions(said, { Ready: false, Reconciling: true, Stalled: false });
}

function conditions(
  { reason, message }: Pick<ConditionInput, 'reason' | 'message'>,
  holds: Readonly<Record<'Ready' | 'Reconciling' | 'Stalled', boolean>>,
): ConditionInput[] {
  return Object.entries(holds).map(([type, is]) => ({ type, status: is ? 'True' : 'False', reason, message }));
}

/** Everything that the steps of a walk found, the later over the earlier. */
export function foundBy({ steps }: Walk): Readonly<Record<string, unknown>> {
  const found = steps.map(({ result }) => (result.kind === 'done' ? (result.resolved ?? {}) : {}));
  return Object.fromEntries(found.flatMap((one) => Object.entries(one)));
}
