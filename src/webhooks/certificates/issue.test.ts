import { createServer, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ownsKey, readBundle, readLeaf } from './certificate.ts';
import { createAuthority, issueLeaf } from './issue.ts';

const now = new Date();
const day = 86_400_000;
const authority = createAuthority(now, 365 * day);
const hosts = ['hooks.dokkerr.svc', '127.0.0.1', '::1'];

/** The status of a GET over TLS, or the code of the error. */
async function ask(serve: { pem: string; key: string }, ca: string): Promise<string> {
  const server = createServer({ cert: serve.pem, key: serve.key }, (_, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const answer = await new Promise<string>((resolve) => {
    get({ host: '127.0.0.1', port, ca, agent: false }, (response) => {
      response.resume();
      resolve(String(response.statusCode));
    }).on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
  server.close();
  return answer;
}

describe('certificates made here', () => {
  it('let a client that trusts the authority in, by address', async () => {
    const leaf = issueLeaf(authority, hosts, now, day);
    expect(await ask(leaf, authority.certificate.pem)).toBe('200');
  });

  it('are refused by a client that trusts another authority of the same name', async () => {
    const leaf = issueLeaf(authority, hosts, now, day);
    expect(await ask(leaf, createAuthority(now, day).certificate.pem)).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });

  it('are told apart by a client that trusts two authorities of the same name', async () => {
    const other = createAuthority(now, day);
    const leaf = issueLeaf(authority, hosts, now, day);
    expect(await ask(leaf, other.certificate.pem + authority.certificate.pem)).toBe('200');
  });

  it('are refused once they have expired', async () => {
    const leaf = issueLeaf(authority, hosts, new Date(now.getTime() - 2 * day), day);
    expect(await ask(leaf, authority.certificate.pem)).toBe('CERT_HAS_EXPIRED');
  });

  it('name every host, and live as long as asked but not longer than the authority', () => {
    const leaf = issueLeaf(authority, hosts, now, 400 * day);
    expect(leaf.hosts).toEqual(['127.0.0.1', '::1', 'hooks.dokkerr.svc']);
    expect(leaf.notAfter).toEqual(authority.certificate.notAfter);
    expect(leaf.issuer.id).toBe(authority.certificate.id);
  });

  it('can be written after 2049, when DER changes the way it writes a year', () => {
    const late = new Date('2051-06-01T00:00:00Z');
    const leaf = issueLeaf(createAuthority(late, 365 * day), hosts, late, day);
    expect(leaf.notAfter).toEqual(new Date('2051-06-02T00:00:00Z'));
  });
});

describe('reading', () => {
  it('leaves out of a bundle what is no certificate', () => {
    const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    const bundle = readBundle(`# ours\n${broken}${authority.certificate.pem}and more`);
    expect(bundle.map(({ id }) => id)).toEqual([authority.certificate.id]);
  });

  it('takes no leaf whose key is of another or whose authority is unknown', () => {
    const leaf = issueLeaf(authority, hosts, now, day);
    const other = issueLeaf(authority, hosts, now, day);
    expect(readLeaf(leaf.pem, other.key, [authority.certificate])).toBeUndefined();
    expect(readLeaf(leaf.pem, leaf.key, [createAuthority(now, day).certificate])).toBeUndefined();
    expect(readLeaf(leaf.pem, 'no key', [authority.certificate])).toBeUndefined();
    expect(ownsKey(authority.certificate.pem, authority.key)).toBe(true);
  });
});
