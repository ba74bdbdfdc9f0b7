/**
 * When a key runs again, decided from how its pass ended and from nothing else: the table of `errors.ts` classes, and
 * the waits of the walk. Pure.
 */
import type { DokkerrError } from '../errors.ts';
import type { StepResult, Walk } from '../itinerary/types.ts';

/** What the queue is asked to do after a pass. */
export type Requeue =
  /** a change will wake it */
  | { readonly kind: 'none' }
  | { readonly kind: 'after'; readonly ms: number }
  /** exponentially, up to `capMs` where given */
  | { readonly kind: 'backoff'; readonly capMs?: number };

/** A conflict is over as soon as the cache has caught up; a second's pause is the most that can help. */
const CONFLICT_CAP_MS = 1000;

/**
 * How long a missing dependency or a lack of room is left to its watch before it is looked at again all the same: what
 * is missing may be something that no watch covers, such as a permission.
 */
const SLOW_RECHECK_MS = 60_000;

/** The same for a step that waits and named no time: its watch is known to exist. */
const WAIT_RECHECK_MS = 300_000;

/** What an error of a pass asks for. */
export function requeueForError(error: DokkerrError): Requeue {
  switch (error.class) {
    case 'transient':
      return error.retryAfterMs === undefined ? { kind: 'backoff' } : { kind: 'after', ms: error.retryAfterMs };
    case 'conflict':
      return { kind: 'backoff', capMs: CONFLICT_CAP_MS };
    case 'dependency':
    case 'capacity':
      return { kind: 'after', ms: error.retryAfterMs ?? SLOW_RECHECK_MS };
    case 'permanent':
      // Nothing we do changes it, but somebody may take away what is in the way, where no watch of ours looks.
      return error.retryAfterMs === undefined ? { kind: 'none' } : { kind: 'after', ms: error.retryAfterMs };
  }
}

/** What a walk asks for: the earliest of what its steps ask for. */
export function requeueForWalk({ steps }: Walk): Requeue {
  return steps.map(({ result }) => requeueForResult(result)).reduce<Requeue>(earliest, { kind: 'none' });
}

function requeueForResult(result: StepResult): Requeue {
  switch (result.kind) {
    case 'done':
      return result.recheckAfter === undefined ? { kind: 'none' } : { kind: 'after', ms: result.recheckAfter };
    case 'skip':
      return { kind: 'none' };
    case 'wait':
      return { kind: 'after', ms: result.recheckAfter ?? WAIT_RECHECK_MS };
    case 'fail':
      return requeueForError(result.error);
  }
}

/** Backoff counts as earliest: it begins at milliseconds, and its failures must be counted. */
function earliest(a: Requeue, b: Requeue): Requeue {
  if (a.kind === 'none') return b;
  if (b.kind === 'none') return a;
  if (a.kind === 'after' && b.kind === 'after') return a.ms <= b.ms ? a : b;
  if (a.kind === 'backoff' && b.kind === 'backoff') return a.capMs === undefined ? b : a;
  return a.kind === 'backoff' ? a : b;
}
