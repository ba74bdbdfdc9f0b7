// Kubeconfig files: how a client finds a cluster and who it says it is.
import { readFile, writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { type KeyPair, readPair } from './pki.ts';

/** What a kubeconfig is made of; certificates and key as PEM text. */
export interface KubeconfigInput {
  readonly clusterName: string;
  /** `https://host:port` */
  readonly server: string;
  readonly ca: string;
  readonly userName: string;
  readonly cert: string;
  readonly key: string;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** A kubeconfig with everything inside, so that it can be copied elsewhere. */
export function kubeconfig({ clusterName, server, ca, userName, cert, key }: KubeconfigInput): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: clusterName, cluster: { server, 'certificate-authority-data': base64(ca) } }],
    users: [{ name: userName, user: { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) } }],
    contexts: [{ name: clusterName, context: { cluster: clusterName, user: userName } }],
    'current-context': clusterName,
  });
}

/** Writes the kubeconfig of one user, readable by root alone. */
export async function writeKubeconfig(
  path: string,
  cluster: { clusterName: string; server: string; caFile: string },
  user: { userName: string; pair: KeyPair },
): Promise<string> {
  const { clusterName, server, caFile } = cluster;
  const ca = await readFile(caFile, 'utf8');
  const input = { clusterName, server, ca, userName: user.userName, ...(await readPair(user.pair)) };
  await writeFile(path, kubeconfig(input), { mode: 0o600 });
  return path;
}
