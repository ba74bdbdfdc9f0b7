/** Certificates without cryptography, for tests of decisions about them: an id, a span of time, an issuer. */
import type { CertificateFacts, LeafFacts } from '../certificate.ts';
import { authoritySubject } from '../issue.ts';
import { backdated } from '../lifetimes.ts';

export const day = 86_400_000;
export const hosts: readonly string[] = ['dokkerr-webhooks.dokkerr.svc'];
/** An instant to count from. */
export const start: number = Date.UTC(2026, 0, 1);

/** An authority made at `made` (milliseconds) that lives for `life`. */
export function authority(id: string, made: number = start, life: number = 365 * day): CertificateFacts {
  return { id, subject: authoritySubject, notBefore: new Date(made - backdated), notAfter: new Date(made + life) };
}

/** A leaf signed by `issuer` at `made`. */
export function leaf(id: string, issuer: CertificateFacts, made: number = start, life: number = 30 * day): LeafFacts {
  const notAfter = new Date(Math.min(made + life, issuer.notAfter.getTime()));
  return { id, subject: 'webhook', issuer, hosts: [...hosts], notBefore: new Date(made - backdated), notAfter };
}
