/**
 * Makes certificates: X.509 v3 (RFC 5280) on P-256 keys, signed with ECDSA and SHA-256. Node reads certificates but does
 * not make them, so the structures are written by @peculiar/asn1-x509 and signed by node:crypto.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { isIP } from 'node:net';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import * as x509 from '@peculiar/asn1-x509';
import { type Certificate, type Leaf, readCertificate, readLeaf } from './certificate.ts';
import { backdated } from './lifetimes.ts';

/** Common name of every authority made here, by which one is known again in a bundle. */
export const authoritySubject = 'dokkerr-webhook-ca';

const commonName = '2.5.4.3';
/** ecdsa-with-SHA256, RFC 5758 */
const signatureAlgorithm = new x509.AlgorithmIdentifier({ algorithm: '1.2.840.10045.4.3.2' });

/** An authority and its private key (PEM, PKCS #8). */
export interface Authority {
  readonly certificate: Certificate;
  readonly key: string;
}

/** A new authority that signs leaves and no further authorities. @param lifetime milliseconds */
export function createAuthority(now: Date, lifetime: number): Authority {
  const { privateKey, publicKey } = newKey();
  const name = distinguishedName(authoritySubject);
  const pem = build({
    name,
    issuer: name,
    notAfter: new Date(now.getTime() + lifetime),
    now,
    publicKey,
    signer: privateKey,
    extensions: [
      extension(x509.id_ce_basicConstraints, new x509.BasicConstraints({ cA: true, pathLenConstraint: 0 }), true),
      extension(x509.id_ce_keyUsage, keyUsage(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign), true),
    ],
    issuerKey: publicKey,
  });
  return { certificate: certain(readCertificate(pem)), key: exportKey(privateKey) };
}

/** A server's certificate for these hosts, which does not outlive its authority. @param lifetime milliseconds */
export function issueLeaf(authority: Authority, hosts: readonly string[], now: Date, lifetime: number): Leaf {
  const { privateKey, publicKey } = newKey();
  const pem = build({
    name: distinguishedName(hosts[0]?.slice(0, 64) ?? 'webhook'),
    issuer: distinguishedName(authority.certificate.subject),
    notAfter: new Date(Math.min(now.getTime() + lifetime, authority.certificate.notAfter.getTime())),
    now,
    publicKey,
    signer: createPrivateKey(authority.key),
    extensions: [
      extension(x509.id_ce_basicConstraints, new x509.BasicConstraints({ cA: false }), true),
      extension(x509.id_ce_keyUsage, keyUsage(x509.KeyUsageFlags.digitalSignature), true),
      extension(x509.id_ce_extKeyUsage, new x509.ExtendedKeyUsage([x509.id_kp_serverAuth])),
      extension(x509.id_ce_subjectAltName, new x509.SubjectAlternativeName(hosts.map(generalName))),
    ],
    issuerKey: createPublicKey(authority.certificate.pem),
  });
  return certain(readLeaf(pem, exportKey(privateKey), [authority.certificate]));
}

interface Content {
  readonly name: x509.Name;
  readonly issuer: x509.Name;
  readonly now: Date;
  readonly notAfter: Date;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly issuerKey: KeyObject;
  readonly extensions: readonly x509.Extension[];
}

function build({ name, issuer, now, notAfter, publicKey, signer, issuerKey, extensions }: Content): string {
  const tbsCertificate = new x509.TBSCertificate({
    version: x509.Version.v3,
    serialNumber: serialNumber(),
    signature: signatureAlgorithm,
    issuer,
    validity: new x509.Validity({
      notBefore: wholeSeconds(now.getTime() - backdated),
      notAfter: wholeSeconds(notAfter.getTime()),
    }),
    subject: name,
    subjectPublicKeyInfo: AsnConvert.parse(spki(publicKey), x509.SubjectPublicKeyInfo),
    extensions: new x509.Extensions([
      ...extensions,
      extension(x509.id_ce_subjectKeyIdentifier, new x509.SubjectKeyIdentifier(keyIdentifier(publicKey))),
      extension(
        x509.id_ce_authorityKeyIdentifier,
        new x509.AuthorityKeyIdentifier({ keyIdentifier: new x509.KeyIdentifier(keyIdentifier(issuerKey)) }),
      ),
    ]),
  });
  const signature = sign('sha256', Buffer.from(AsnConvert.serialize(tbsCertificate)), signer);
  const certificate = new x509.Certificate({ tbsCertificate, signatureAlgorithm, signatureValue: copy(signature) });
  const base64 = Buffer.from(AsnConvert.serialize(certificate)).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

function newKey(): { privateKey: KeyObject; publicKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function exportKey(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function spki(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

/** RFC 7093, method 1: the leftmost 160 bits of the SHA-256 of the public key. */
function keyIdentifier(key: KeyObject): ArrayBuffer {
  return copy(createHash('sha256').update(spki(key)).digest().subarray(0, 20));
}

/** 128 random bits; the first byte keeps it positive and of full length. */
function serialNumber(): ArrayBuffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return copy(bytes);
}

function distinguishedName(name: string): x509.Name {
  const value = new x509.AttributeValue({ utf8String: name });
  return new x509.Name([
    new x509.RelativeDistinguishedName([new x509.AttributeTypeAndValue({ type: commonName, value })]),
  ]);
}

function generalName(host: string): x509.GeneralName {
  return new x509.GeneralName(isIP(host) === 0 ? { dNSName: host } : { iPAddress: host });
}

function extension(id: string, value: unknown, critical = false): x509.Extension {
  return new x509.Extension({ extnID: id, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

function keyUsage(flags: number): x509.KeyUsage {
  return new x509.KeyUsage(flags);
}

/** DER has no fractions of a second. */
function wholeSeconds(ms: number): Date {
  return new Date(Math.floor(ms / 1000) * 1000);
}

/** The bytes alone: a Buffer may share its memory with others. */
function copy(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

/** What was just made can be read again. */
function certain<T>(made: T | undefined): T {
  if (made === undefined) throw new Error('a certificate that was just made cannot be read');
  return made;
}
