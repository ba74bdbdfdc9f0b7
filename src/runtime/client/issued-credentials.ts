/** Credentials somebody issues on demand: kept until shortly before they expire, asked for once however many wait. */
import type { Authentication, Credentials } from './credentials.ts';
import type { Issued } from './exec-plugin.ts';

/** Renewed this long before expiry, so that a slow request or a skewed clock does not meet a 401. */
const marginMs = 30_000;

export function issuedCredentials(
  issue: () => Promise<Issued>,
  now: () => number = Date.now,
): Pick<Credentials, 'current' | 'renew'> {
  let held: Authentication | undefined;
  let goodUntil = 0;
  let asking: Promise<Authentication> | undefined;

  const ask = async (): Promise<Authentication> => {
    const issued = await issue();
    held = issued.authentication;
    goodUntil = issued.expiresAt === undefined ? Number.POSITIVE_INFINITY : issued.expiresAt - marginMs;
    return held;
  };
  const renew = (): Promise<Authentication> => {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
  return { current: () => (held !== undefined && now() < goodUntil ? held : renew()), renew };
}
