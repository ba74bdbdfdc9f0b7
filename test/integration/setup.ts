/** One real etcd and kube-apiserver for the whole run; each test file works in a namespace of its own. */
import type { TestProject } from 'vitest/node';
import { startControlPlane } from '#cluster/control-plane.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** path of an administrator's kubeconfig */
    kubeconfig: string;
    /** `https://address:port` */
    server: string;
    /** JSON lines, audit.k8s.io/v1 Event, of every request of the run */
    auditLogPath: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const controlPlane = await startControlPlane();
  project.provide('kubeconfig', controlPlane.kubeconfigPath);
  project.provide('server', controlPlane.server);
  project.provide('auditLogPath', controlPlane.auditLogPath);
  return () => controlPlane.down();
}
