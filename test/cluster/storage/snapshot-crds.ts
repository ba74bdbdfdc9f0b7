// Installs the CustomResourceDefinitions of volume snapshots, which Kubernetes does not bring. The files in crds/ are
// those of the Go module github.com/kubernetes-csi/external-snapshotter/client/v8, unchanged; see README.md.
import { join } from 'node:path';
import type { ClusterContext } from '../context.ts';
import { waitUntil } from '../wait.ts';

/** Folder of the definitions, one a file. */
export const snapshotCrdFolder: string = join(import.meta.dirname, 'crds');

/** Applies the definitions and resolves once the API server serves them. */
export async function installSnapshotCrds(ctx: ClusterContext): Promise<void> {
  const kubectl = (...args: readonly string[]) =>
    ctx.run(ctx.binaries.kubectl ?? '', ['--kubeconfig', ctx.kubeconfigPath, ...args]);
  await kubectl('apply', '--server-side', '--force-conflicts', '-f', snapshotCrdFolder);
  await kubectl('wait', '--for=condition=Established', '--timeout=30s', '-f', snapshotCrdFolder);
  // Established is a moment earlier than known to discovery, by which clients find the kind.
  await waitUntil(
    'volume snapshots served by the API server',
    async () => (await kubectl('api-resources', '--api-group=snapshot.storage.k8s.io', '-o', 'name')) !== '',
    { timeoutMs: 30_000 },
  );
}
