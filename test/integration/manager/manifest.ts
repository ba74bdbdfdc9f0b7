/** Static YAML of the repository on a control plane, and the account it makes as a kubeconfig. */
import { readFile, writeFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import type { ClusterConnection } from '#runtime/client/connect.ts';
import {
  CustomResourceDefinition,
  Deployment,
  Namespace,
  PodDisruptionBudget,
  ServiceAccount,
} from '#runtime/client/kinds.ts';
import type { Client, Kind, KubernetesObject } from '#runtime/client/types.ts';

const rbac = (kind: string, namespaced: boolean): Kind => ({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind,
  plural: `${kind.toLowerCase()}s`,
  namespaced,
});

const kinds: readonly Kind[] = [
  CustomResourceDefinition,
  Deployment,
  Namespace,
  PodDisruptionBudget,
  ServiceAccount,
  rbac('Role', true),
  rbac('RoleBinding', true),
  rbac('ClusterRole', false),
  rbac('ClusterRoleBinding', false),
];

/**
 * What a file declares.
 * @throws for a kind that this does not know
 */
export async function readManifest(path: string): Promise<{ kind: Kind; object: KubernetesObject }[]> {
  return parseAllDocuments(await readFile(path, 'utf8')).map((document) => {
    const object = document.toJS() as KubernetesObject;
    const kind = kinds.find((known) => known.kind === object.kind);
    if (kind === undefined) throw new Error(`${path} declares a ${object.kind}, which is not known here`);
    return { kind, object };
  });
}

/** @param namespace of the objects that name none, as `kubectl --namespace` would have it */
export async function applyManifest(client: Client, path: string, namespace?: string): Promise<void> {
  for (const { kind, object } of await readManifest(path)) {
    const { metadata } = object;
    const place = kind.namespaced && namespace !== undefined ? { namespace, ...metadata } : metadata;
    await client.apply(kind, { ...object, metadata: place });
  }
}

export interface Account {
  readonly namespace: string;
  readonly name: string;
}

/** Writes a kubeconfig of a service account, with a token as pods have them. */
export async function writeAccountKubeconfig(
  { transport }: ClusterConnection,
  { namespace, name }: Account,
  { server, caFile, path }: { readonly server: string; readonly caFile: string; readonly path: string },
): Promise<string> {
  const response = await transport.send({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
    body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }),
  });
  const { status } = JSON.parse(response.text) as { status: { token: string } };
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'account',
    clusters: [{ name: 'cluster', cluster: { server, 'certificate-authority': caFile } }],
    users: [{ name: 'account', user: { token: status.token } }],
    contexts: [{ name: 'account', context: { cluster: 'cluster', user: 'account', namespace } }],
  };
  await writeFile(path, JSON.stringify(kubeconfig), { mode: 0o600 });
  return path;
}
