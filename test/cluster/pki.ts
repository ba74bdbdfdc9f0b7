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

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3650', '-batch'];

async function createAuthority(dir: string, commonName: string): Promise<KeyPair> {
  const pair = { cert: join(dir, 'ca.crt'), key: join(dir, 'ca.key') };
  const usage = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
  const subject = ['-subj', `/CN=${commonName}`, ...usage];
  await run('openssl', ['req', '-x509', ...newKey, ...subject, '-keyout', pair.key, '-out', pair.cert]);
  return pair;
}

interface LeafRequest {
  readonly commonName: string;
  /** What Kubernetes reads as the user's group. */
  readonly organization?: string;
  /** `IP:…` and `DNS:…`; a certificate with names is for a server, one without for a client. */
  readonly names?: readonly string[];
}

async function issue(dir: string, ca: KeyPair, file: string, leaf: LeafRequest): Promise<KeyPair> {
  const pair = { cert: join(dir, `${file}.crt`), key: join(dir, `${file}.key`) };
  const { commonName, organization, names } = leaf;
  const subject = `${organization ? `/O=${organization}` : ''}/CN=${commonName}`;
  const extensions = [
    'basicConstraints=critical,CA:FALSE',
    'keyUsage=critical,digitalSignature',
    `extendedKeyUsage=${names ? 'serverAuth' : 'clientAuth'}`,
    ...(names ? [`subjectAltName=${names.join(',')}`] : []),
  ].flatMap((extension) => ['-addext', extension]);
  const authority = ['-CA', ca.cert, '-CAkey', ca.key];
  const files = ['-keyout', pair.key, '-out', pair.cert];
  await run('openssl', ['req', '-x509', ...newKey, ...authority, '-subj', subject, ...extensions, ...files]);
  return pair;
}

const serviceNames = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'];

/** Makes every certificate of a cluster in `dir`. `serverIPs` are all addresses kube-apiserver is reached at. */
export async function createPki(dir: string, nodeName: string, serverIPs: readonly string[]): Promise<Pki> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const ca = await createAuthority(dir, 'dokkerr-cluster');
  const names = [
    ...new Set(['127.0.0.1', ...serverIPs].map((ip) => `IP:${ip}`)),
    ...['localhost', ...serviceNames].map((name) => `DNS:${name}`),
  ];
  const client = (file: string, commonName: string, organization?: string) =>
    issue(dir, ca, file, { commonName, ...(organization ? { organization } : {}) });
  const [apiserver, apiserverToKubelet, admin, controllerManager, scheduler, kubeProxy, kubelet, serviceAccountKey] =
    await Promise.all([
      issue(dir, ca, 'apiserver', { commonName: 'kube-apiserver', names }),
      client('apiserver-to-kubelet', 'kube-apiserver', 'system:masters'),
      client('admin', 'kubernetes-admin', 'system:masters'),
      client('controller-manager', 'system:kube-controller-manager'),
      client('scheduler', 'system:kube-scheduler'),
      client('kube-proxy', 'system:kube-proxy'),
      client('kubelet', `system:node:${nodeName}`, 'system:nodes'),
      createServiceAccountKey(dir),
    ]);
  const clients = { apiserverToKubelet, admin, controllerManager, scheduler, kubeProxy, kubelet };
  return { ca, apiserver, ...clients, serviceAccountKey };
}

async function createServiceAccountKey(dir: string): Promise<string> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const path = join(dir, 'service-account.key');
  await writeFile(path, privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 });
  return path;
}

/** The text of a pair, for a kubeconfig that stands by itself. */
export async function readPair({ cert, key }: KeyPair): Promise<{ cert: string; key: string }> {
  return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
}
