/** How long a run of the suites may take: the long ones at its end are left out, and said to be, where they would not fit. */
import { duration, durationMs } from '#crds/schema/duration.ts';
import type { Suite } from './suites.ts';

const minute = 60_000;

/** Milliseconds. @throws Error when it is not a duration as `80m` is */
export function parseWithin(text: string): number {
  const parsed = duration.safeParse(text);
  if (!parsed.success) throw new Error(`--within "${text}": write a number and a unit, for example 80m`);
  return durationMs(parsed.data);
}

/**
 * Why a suite is left out; undefined where it runs.
 * @param leftMs until the run has to be over
 */
export function whyLeftOut({ name, minutes }: Pick<Suite, 'name' | 'minutes'>, leftMs: number): string | undefined {
  if (minutes === undefined || leftMs >= minutes * minute) return undefined;
  const left = Math.max(0, Math.floor(leftMs / minute));
  return `${left} minutes are left and it may take ${minutes}: npm test -- ${name}`;
}
