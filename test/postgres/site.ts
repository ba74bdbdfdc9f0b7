/** A cluster of a test's own with the operator in it, which may be lost: what has to survive it lies on the host. */

import type { Cluster } from '#cluster/cluster.ts';
import { createLocalCluster } from '#cluster/create-local.ts';
import { ensureNotesImage } from '#cluster/images/notes.ts';
import { createKubectl, type Kubectl } from '#cluster/kubectl.ts';
import { ensureOperatorImage } from '#scripts/image/ensure.ts';
import { ensurePostgresqlImage } from '#test/fixtures/postgresql/image.ts';
import { createHelm } from '#test/operator/helm.ts';
import { installRelease, usualRelease } from '#test/operator/release.ts';
import { Sandbox } from '../e2e/sandbox.ts';

export interface Site extends AsyncDisposable {
  readonly cluster: Cluster;
  /** of the whole cluster */
  readonly kubectl: Kubectl;
  readonly sandbox: Sandbox;
}

/** Resolves once the operator serves. @param name what the cluster is told apart by */
export async function openSite(name: string): Promise<Site> {
  const onProgress = (line: string) => console.log(line);
  const operator = ensureOperatorImage(onProgress).then(({ archive }) => archive);
  const images = [operator, ensureNotesImage('1.0'), ensurePostgresqlImage(onProgress)];
  const cluster = await createLocalCluster({ name: `${name}-${process.pid}`, owner: process.pid, images });
  try {
    const { kubeconfigPath: kubeconfig } = cluster;
    const [helm, kubectl] = await Promise.all([createHelm(kubeconfig), createKubectl(kubeconfig)]);
    await installRelease({ helm, kubectl }, usualRelease, { values: { replicas: 1 } });
    const sandbox = await Sandbox.open('shop', { kubeconfig });
    const close = async () => {
      await sandbox[Symbol.asyncDispose]();
      await cluster.down();
    };
    return { cluster, kubectl, sandbox, [Symbol.asyncDispose]: close };
  } catch (error) {
    await cluster.down();
    throw error;
  }
}
