// kube-controller-manager without leader election: it is alone, and it must outlast an API server that is away.
import type { ClusterContext, ProcessSpec } from './context.ts';
import type { Pki } from './pki.ts';

/** kube-controller-manager; `kubeconfigPath` is its own. */
export function controllerManagerProcess(
  ctx: Pick<ClusterContext, 'binaries'>,
  pki: Pki,
  kubeconfigPath: string,
): ProcessSpec {
  return {
    name: 'kube-controller-manager',
    binary: ctx.binaries['kube-controller-manager'] ?? '',
    args: [
      `--kubeconfig=${kubeconfigPath}`,
      '--bind-address=127.0.0.1',
      '--leader-elect=false',
      '--use-service-account-credentials=true',
      `--root-ca-file=${pki.ca.cert}`,
      `--service-account-private-key-file=${pki.serviceAccountKey}`,
      `--cluster-signing-cert-file=${pki.ca.cert}`,
      `--cluster-signing-key-file=${pki.ca.key}`,
      '--kube-api-qps=200',
      '--kube-api-burst=400',
    ],
  };
}
