/** Certificates as they are read: Node's own X.509 parser, and the few facts that decisions are made on. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { Validity } from './lifetimes.ts';

/** What decisions about a certificate depend on. */
export interface CertificateFacts extends Validity {
  /** SHA-256 of the certificate, in hexadecimal */
  readonly id: string;
  /** the common name */
  readonly subject: string;
}

export interface LeafFacts extends CertificateFacts {
  readonly issuer: CertificateFacts;
  /** DNS names and addresses it is for, sorted */
  readonly hosts: readonly string[];
}

export interface Certificate extends CertificateFacts {
  readonly pem: string;
}

/** A certificate to serve with, its key (PEM), and the authority that signed it. */
export interface Leaf extends LeafFacts {
  readonly pem: string;
  readonly key: string;
  readonly issuer: Certificate;
}

/** One certificate, or undefined where the text is none. */
export function readCertificate(pem: string): Certificate | undefined {
  const parsed = parse(pem);
  return parsed === undefined ? undefined : facts(parsed);
}

/** Every certificate of a bundle, in its order; what cannot be read is left out. */
export function readBundle(text: string): Certificate[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((pem) => readCertificate(pem) ?? []);
}

/** The leaf, or undefined where it cannot be read, is not signed by one of the authorities, or the key is another's. */
export function readLeaf(pem: string, key: string, authorities: readonly Certificate[]): Leaf | undefined {
  const parsed = parse(pem);
  if (parsed === undefined || !isKeyOf(parsed, key)) return undefined;
  const issuer = authorities.find((authority) => isSignedBy(parsed, authority));
  return issuer === undefined ? undefined : { ...facts(parsed), key, issuer, hosts: hostsOf(parsed) };
}

/** Whether the private key (PEM) belongs to the certificate (PEM). */
export function ownsKey(pem: string, key: string): boolean {
  const parsed = parse(pem);
  return parsed !== undefined && isKeyOf(parsed, key);
}

function parse(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    // Whatever is wrong with it, the answer is the same: it is no certificate, and a new one is made.
    return undefined;
  }
}

function facts(parsed: X509Certificate): Certificate {
  return {
    id: parsed.fingerprint256.replaceAll(':', '').toLowerCase(),
    subject: /^CN=(.*)$/m.exec(parsed.subject)?.[1] ?? '',
    notBefore: parsed.validFromDate,
    notAfter: parsed.validToDate,
    pem: parsed.toString(),
  };
}

function isKeyOf(parsed: X509Certificate, key: string): boolean {
  try {
    return parsed.checkPrivateKey(createPrivateKey(key));
  } catch {
    // No key at all, or one in a form Node cannot read.
    return false;
  }
}

function isSignedBy(parsed: X509Certificate, authority: Certificate): boolean {
  const signer = parse(authority.pem);
  return signer !== undefined && parsed.checkIssued(signer) && parsed.verify(signer.publicKey);
}

/** Node writes `DNS:a, IP Address:127.0.0.1`. */
function hostsOf({ subjectAltName = '' }: X509Certificate): string[] {
  return subjectAltName
    .split(', ')
    .map((name) => canonicalHost(name.slice(name.indexOf(':') + 1)))
    .filter((name) => name !== '')
    .sort();
}

/** One spelling a host: lower case, IPv6 addresses in their short form. */
export function canonicalHost(host: string): string {
  return isIPv6(host) ? new URL(`http://[${host}]`).hostname.slice(1, -1) : host.toLowerCase();
}
