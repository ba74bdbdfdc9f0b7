/** One cluster for all e2e files, with the operator in it as users install it; each file gets namespaces of its own. */
import { glob } from 'node:fs/promises';
import type { TestProject } from 'vitest/node';
import { createCluster } from '#cluster/cluster.ts';
import { ensureMinioImage } from '#cluster/images/minio.ts';
import { ensureNotesImage } from '#cluster/images/notes.ts';
import { createKubectl } from '#cluster/kubectl.ts';
import { ensureOperatorImage } from '#scripts/image/ensure.ts';
import { createHelm } from '#test/operator/helm.ts';
import { installRelease, usualRelease } from '#test/operator/release.ts';
import { judgeRights } from './rights.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** path of the API server's audit log; '' where it is not ours to read */
    auditLog: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const operator = ensureOperatorImage((line) => console.log(line)).then(({ archive }) => archive);
  const images = [operator, ensureMinioImage(), ensureNotesImage('1.0'), ensureNotesImage('1.1')];
  const cluster = await createCluster({ name: `e2e-${process.pid}`, owner: process.pid, images });
  try {
    const { kubeconfigPath, auditLogPath } = cluster;
    const [helm, kubectl] = await Promise.all([createHelm(kubeconfigPath), createKubectl(kubeconfigPath)]);
    await createRestricted(usualRelease.namespace, (manifest) => kubectl(['apply', '--filename', '-'], manifest));
    await installRelease({ helm, kubectl }, usualRelease);
    project.provide('kubeconfig', kubeconfigPath);
    project.provide('auditLog', auditLogPath ?? '');
    return async () => {
      try {
        if (auditLogPath !== undefined) console.log(await judgeRights(auditLogPath, kubectl, await isWhole(project)));
      } finally {
        await cluster.down();
      }
    };
  } catch (error) {
    await cluster.down();
    throw error;
  }
}

/** The operator is promised to run where the strictest Pod Security standard is enforced. */
function createRestricted(name: string, apply: (manifest: string) => Promise<unknown>): Promise<unknown> {
  const metadata = { name, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } };
  return apply(JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata }));
}

/** A run of some files or tests alone need not make use of every permission, nor one that failed. */
async function isWhole({ vitest }: TestProject): Promise<boolean> {
  const all = await Array.fromAsync(glob('test/e2e/*.test.ts'));
  const modules = vitest.state.getTestModules();
  const passed = modules.every(({ children }) =>
    [...children.allTests()].every((one) => one.result().state === 'passed'),
  );
  return passed && modules.length === all.length;
}
