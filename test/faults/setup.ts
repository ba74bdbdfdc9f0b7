/** One cluster for the files of this suite, which bring their operators themselves and do to cluster and store what has to be survived. */
import type { TestProject } from 'vitest/node';
import { createLocalCluster } from '#cluster/create-local.ts';
import { ensureMinioImage } from '#cluster/images/minio.ts';
import { ensureNotesImage } from '#cluster/images/notes.ts';
import { createKubectl } from '#cluster/kubectl.ts';
import { ensureOperatorImage } from '#scripts/image/ensure.ts';
import { installKinds } from '#test/operator/install.ts';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const operator = ensureOperatorImage((line) => console.log(line)).then(({ archive }) => archive);
  const images = [operator, ensureMinioImage(), ensureNotesImage('1.0')];
  const name = `faults-${process.pid}`;
  const cluster = await createLocalCluster({ name, owner: process.pid, images });
  try {
    await installKinds(await createKubectl(cluster.kubeconfigPath));
  } catch (error) {
    await cluster.down();
    throw error;
  }
  project.provide('cluster', name);
  project.provide('kubeconfig', cluster.kubeconfigPath);
  return () => cluster.down();
}
