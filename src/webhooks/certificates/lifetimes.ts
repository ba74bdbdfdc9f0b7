/** How long the webhooks' certificates live, and when they are renewed. All figures in milliseconds. */

const hour = 3_600_000;
const day = 24 * hour;

export interface Lifetimes {
  readonly ca: number;
  readonly leaf: number;
  /** from when every bundle holds a CA until API servers surely use it: their copy of a configuration lags behind */
  readonly settle: number;
}

export const defaultLifetimes: Lifetimes = { ca: 365 * day, leaf: 30 * day, settle: 10_000 };

/** Certificates are valid from before they were made, for API servers whose clock is behind ours. */
export const backdated: number = hour;

/** Share of its life after which a certificate is renewed: the rest is time for whatever delays the renewal. */
const renewAt = 2 / 3;

/** When a certificate can be relied on. */
export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export function isValid({ notBefore, notAfter }: Validity, now: Date): boolean {
  return notBefore <= now && now < notAfter;
}

/** Milliseconds since the epoch at which it was made. */
export function issuedAt({ notBefore }: Validity): number {
  return notBefore.getTime() + backdated;
}

/** Whether two thirds of its life have passed. */
export function isDue(certificate: Validity, now: Date): boolean {
  const made = issuedAt(certificate);
  return now.getTime() >= made + (certificate.notAfter.getTime() - made) * renewAt;
}
