/** What a failed mover means for the run it belongs to: another attempt, a wait, or the end. Pure. */
import { DokkerrError } from '#runtime/errors.ts';
import { fail, type StepResult, spent } from '#runtime/itinerary/types.ts';
import { moverError } from './error.ts';
import type { MoverFailure } from './result.ts';

/**
 * @param attempt how many movers of this step have failed before
 * @param backoffLimit how many more than one may
 */
export function failedAttempt(failure: MoverFailure, attempt: number, backoffLimit: number): StepResult {
  const { class: failureClass, retryable } = failure;
  const message = withTail(failure);
  if (retryable && attempt < backoffLimit) return spent(moverError({ class: failureClass, message }));
  const error = moverError({ class: failureClass, message });
  if (error.class === 'permanent') return fail(error);
  const tries = attempt === 0 ? '' : `after ${attempt + 1} attempts: `;
  return fail(new DokkerrError('DKR_RUN_FAILED', `${tries}${message}`, { reason: failureClass }));
}

/** The message, with the last of what the engine said where that says more. */
function withTail({ message, stderrTail = '' }: MoverFailure): string {
  const last = stderrTail.trimEnd().split('\n').at(-1)?.trim() ?? '';
  return last === '' || message.includes(last) ? message : `${message} (${last})`;
}
