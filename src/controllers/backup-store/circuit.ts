/**
 * The circuit breaker of a store that does not answer: after a few failures it is left alone for ever longer, so that
 * neither it nor the network in between is hammered while it comes back. Pure.
 */
import type { BackupStoreStatus } from '#crds/backup-store.ts';
import { rfc3339 } from '#runtime/controller/conditions.ts';

/** `status.circuit`. */
export type Circuit = NonNullable<BackupStoreStatus['circuit']>;

/** How many failures are met by asking again soon. */
const tolerated = 3;
/** Milliseconds it is left alone at first; each further failure doubles them. */
const firstPause = 30_000;

/**
 * @param known undefined when the last answer was a good one
 * @param longestPause milliseconds; the spec's own interval between two looks
 */
export function afterSilence(known: Circuit | undefined, now: Date, longestPause: number): Circuit {
  const failures = (known?.failures ?? 0) + 1;
  if (failures < tolerated) return { failures };
  const pause = Math.min(longestPause, firstPause * 2 ** Math.min(20, failures - tolerated));
  return { failures, openUntil: rfc3339(new Date(now.getTime() + pause)) };
}

/** Milliseconds it is to be left alone still; 0 when it may be asked. */
export function pauseLeft(circuit: Circuit | undefined, now: Date): number {
  return circuit?.openUntil === undefined ? 0 : Math.max(0, Date.parse(circuit.openUntil) - now.getTime());
}
