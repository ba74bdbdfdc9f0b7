/** One cluster for the files of this suite, in which they install and remove the operator as they like, one after the other. */
import type { TestProject } from 'vitest/node';
import { createLocalCluster } from '#cluster/create-local.ts';
import { ensureMinioImage } from '#cluster/images/minio.ts';
import { ensureNotesImage } from '#cluster/images/notes.ts';
import { ensureOperatorImage } from '#scripts/image/ensure.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** name of the cluster, whose node and audit log the tests reach */
    cluster: string;
    /** tags under which the nodes know the operator's image: that of the chart, and another */
    imageTags: readonly [string, string];
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const image = ensureOperatorImage((line) => console.log(line));
  const own = image.then(({ archive }) => archive);
  const images = [own, ensureMinioImage(), ensureNotesImage('1.0'), ensureNotesImage('1.1')];
  const name = `lifecycle-${process.pid}`;
  const cluster = await createLocalCluster({ name, owner: process.pid, snapshots: false, images });
  const [version = '', build = ''] = (await image).names.map((tagged) => tagged.split(':')[1] ?? '');
  project.provide('cluster', name);
  project.provide('kubeconfig', cluster.kubeconfigPath);
  project.provide('imageTags', [version, build]);
  return () => cluster.down();
}
