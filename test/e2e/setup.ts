/** One real cluster with storage for the whole run, and one operator that serves it; each test works in a namespace of its own. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type Cluster, createCluster } from '#cluster/cluster.ts';
import { ensureNotesImage } from '#cluster/images/notes.ts';
import { createKubectl } from '#cluster/kubectl.ts';
import { installKinds } from '#test/operator/install.ts';
import { startOperator } from '#test/operator/process.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** everything the operator wrote to its log, a line of JSON each */
    operatorLog: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await createCluster({ name: `e2e-${process.pid}`, owner: process.pid, snapshots: false });
  try {
    const { kubeconfigPath } = cluster;
    const logFile = join(cluster.dir ?? tmpdir(), `e2e-operator-${process.pid}.log`);
    const kubectl = await createKubectl(kubeconfigPath);
    await Promise.all([loadImages(cluster), installKinds(kubectl)]);
    const operator = await startOperator({ kubeconfigPath, logFile });
    project.provide('kubeconfig', kubeconfigPath);
    project.provide('operatorLog', logFile);
    return async () => {
      await operator.stop();
      await cluster.down();
    };
  } catch (error) {
    await cluster.down();
    throw error;
  }
}

/** An existing cluster takes no images from us, so its nodes have to know them. */
async function loadImages(cluster: Cluster): Promise<void> {
  if (cluster.dir === undefined) return;
  for (const version of ['1.0', '1.1']) await cluster.loadImage(await ensureNotesImage(version));
}
