/** Gives an installed operator another authority to trust than the one that signed the API server's certificate. */
import { rootCertificates } from 'node:tls';
import { installationOf, type Release, type Tools } from '#test/operator/release.ts';

/** Where a pod finds its token and whom to trust. */
const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Starts one replica with the account's files as the kubelet lays them out, but for the authority. */
export async function trustAnother({ kubectl }: Pick<Tools, 'kubectl'>, release: Release): Promise<void> {
  const { namespace } = release;
  const [authority = ''] = rootCertificates;
  const name = 'another-authority';
  await kubectl(['create', 'configmap', name, '--namespace', namespace, `--from-literal=ca.crt=${authority}`]);
  const sources = [
    { serviceAccountToken: { path: 'token' } },
    { configMap: { name } },
    { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
  ];
  const spec = {
    automountServiceAccountToken: false,
    containers: [{ name: 'operator', volumeMounts: [{ name: 'account', mountPath: accountFolder, readOnly: true }] }],
    volumes: [{ name: 'account', projected: { sources } }],
  };
  const patch = JSON.stringify({ spec: { replicas: 1, template: { spec } } });
  const deployment = `deployment/${installationOf(release)}`;
  await kubectl(['patch', deployment, '--namespace', namespace, '--patch', patch]);
}
