/** Spans of time as people write them. */
import * as z from 'zod';

/** `90s`, `5m`, `24h` or `30d`: a whole number and one unit. */
export const duration: z.ZodString = z
  .string()
  .max(10)
  .regex(/^[1-9][0-9]*(s|m|h|d)$/);

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a duration that the schema has let through. */
export function durationMs(text: string): number {
  const unit = text.at(-1);
  if (unit !== 's' && unit !== 'm' && unit !== 'h' && unit !== 'd') return Number.NaN;
  return Number.parseInt(text, 10) * units[unit];
}
