// The certificates of one cluster. Relies on openssl 3: Node can read X.509 certificates but not make them.
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.ts';

/** Paths of a certificate and its key, PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** All certificates and keys of a cluster; see "PKI certificates and requirements" in the Kubernetes documentation. */
export interface Pki {
  readonly ca: KeyPair;
  /** kube-apiserver's serving certificate. */
  readonly apiserver: KeyPair;
  /** How kube-apiserver presents itself to kubelet, for exec and logs. */
  readonly apiserverToKubelet: KeyPair;
  readonly admin: KeyPair;
  readonly controllerManager: KeyPair;
  readonly scheduler: KeyPair;
  readonly kubeProxy: KeyPair;
  readonly kubelet: KeyPair;
  /** Signs the tokens of service accounts, PEM. */
  readonly serviceAccountKey: string;
}

/** Where the certificates of a cluster lie below the folder `dir`. */
export function pkiPaths(dir: string): Pki {
  const pair = (name: string) => ({ cert: join(dir, `${name}.crt`), key: join(dir, `${name}.key`) });
  return {
    ca: pair('ca'),
    apiserver: pair('apiserver'),
    apiserverToKubelet: pair('apiserver-to-kubelet'),
    admin: pair('admin'),
    controllerManager: pair('kube-controller-manager'),
    scheduler: pair('kube-scheduler'),
    kubeProxy: pair('kube-proxy'),
    kubelet: pair('kubelet'),
    serviceAccountKey: join(dir, 'service-account.key'),
  };
}

interface Subject {
  readonly commonName: string;
  /** What Kubernetes reads as the user's group. */
  readonly organization?: string;
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3650', '-batch'];

async function request(pair: KeyPair, { commonName, organization }: Subject, extensions: string[], signer: string[]) {
  const subject = `${organization ? `/O=${organization}` : ''}/CN=${commonName}`;
  const added = extensions.flatMap((extension) => ['-addext', extension]);
  const files = ['-keyout', pair.key, '-out', pair.cert];
  await run('openssl', ['req', '-x509', ...newKey, ...signer, '-subj', subject, ...added, ...files]);
}

async function createAuthority(pair: KeyPair): Promise<void> {
  const extensions = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
  await request(pair, { commonName: 'dokkerr-cluster' }, extensions, []);
}

/** Signs a certificate; one with `names` (`IP:…`, `DNS:…`) is a server's, one without a client's. */
async function issue(ca: KeyPair, pair: KeyPair, subject: Subject, names?: readonly string[]): Promise<void> {
  const extensions = [
    'basicConstraints=critical,CA:FALSE',
    'keyUsage=critical,digitalSignature',
    `extendedKeyUsage=${names ? 'serverAuth' : 'clientAuth'}`,
    ...(names ? [`subjectAltName=${names.join(',')}`] : []),
  ];
  await request(pair, subject, extensions, ['-CA', ca.cert, '-CAkey', ca.key]);
}

async function createServiceAccountKey(path: string): Promise<void> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(path, privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 });
}

const serviceNames = [
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
];

/** Makes every certificate of a cluster in `dir`. `serverIPs` are all addresses kube-apiserver is reached at. */
export async function createPki(dir: string, nodeName: string, serverIPs: readonly string[]): Promise<Pki> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const pki = pkiPaths(dir);
  await createAuthority(pki.ca);
  const addresses = [...new Set(['127.0.0.1', ...serverIPs])].map((ip) => `IP:${ip}`);
  const names = [...addresses, ...['localhost', ...serviceNames].map((name) => `DNS:${name}`)];
  const client = (pair: KeyPair, commonName: string, organization?: string) =>
    issue(pki.ca, pair, { commonName, ...(organization ? { organization } : {}) });
  await Promise.all([
    issue(pki.ca, pki.apiserver, { commonName: 'kube-apiserver' }, names),
    client(pki.apiserverToKubelet, 'kube-apiserver', 'system:masters'),
    client(pki.admin, 'kubernetes-admin', 'system:masters'),
    client(pki.controllerManager, 'system:kube-controller-manager'),
    client(pki.scheduler, 'system:kube-scheduler'),
    client(pki.kubeProxy, 'system:kube-proxy'),
    client(pki.kubelet, `system:node:${nodeName}`, 'system:nodes'),
    createServiceAccountKey(pki.serviceAccountKey),
  ]);
  return pki;
}

/** The text of a pair, for a kubeconfig that stands by itself. */
export async function readPair({ cert, key }: KeyPair): Promise<{ cert: string; key: string }> {
  return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
}
