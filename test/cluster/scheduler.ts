// kube-scheduler, told to try pods that did not fit again sooner than a large cluster would.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ClusterContext, ProcessSpec } from './context.ts';

/** kubescheduler.config.k8s.io/v1 KubeSchedulerConfiguration. */
export function schedulerConfig(kubeconfigPath: string): object {
  return {
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    clientConnection: { kubeconfig: kubeconfigPath, qps: 200, burst: 400 },
    leaderElection: { leaderElect: false },
    podInitialBackoffSeconds: 1,
    podMaxBackoffSeconds: 2,
  };
}

/** Writes the file that {@link schedulerProcess} reads; `kubeconfigPath` is the scheduler's own. */
export async function writeSchedulerFiles(ctx: ClusterContext, kubeconfigPath: string): Promise<void> {
  await writeFile(join(ctx.dir, 'scheduler.yaml'), stringify(schedulerConfig(kubeconfigPath)));
}

export function schedulerProcess(ctx: ClusterContext): ProcessSpec {
  return {
    name: 'kube-scheduler',
    binary: ctx.binaries['kube-scheduler'] ?? '',
    args: [`--config=${join(ctx.dir, 'scheduler.yaml')}`, '--bind-address=127.0.0.1'],
  };
}
