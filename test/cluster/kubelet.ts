// kubelet of the only node.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { containerdSocket } from './containerd.ts';
import type { ClusterContext, ProcessSpec } from './context.ts';

/** kubelet.config.k8s.io/v1beta1 KubeletConfiguration. `cgroupRoot` is the parent of all its pods' cgroups. */
export function kubeletConfig(ctx: ClusterContext, options: { caFile: string; cgroupRoot: string }): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: '0.0.0.0',
    authentication: {
      x509: { clientCAFile: options.caFile },
      webhook: { enabled: true },
      anonymous: { enabled: false },
    },
    authorization: { mode: 'Webhook' },
    cgroupDriver: 'cgroupfs',
    cgroupRoot: options.cgroupRoot,
    clusterDNS: [ctx.dnsIP],
    clusterDomain: ctx.clusterDomain,
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    resolvConf: join(ctx.dir, 'resolv.conf'),
    volumePluginDir: join(ctx.kubeletRoot, 'flexvolume'),
    // A host of either kind may have swap or only the older cgroups; a test cluster runs there all the same.
    failCgroupV1: false,
    failSwapOn: false,
    evictionHard: {
      'memory.available': '50Mi',
      'nodefs.available': '1%',
      'imagefs.available': '1%',
      'nodefs.inodesFree': '1%',
    },
    // Images are only ever loaded by hand: one that was collected could not be pulled again.
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    serializeImagePulls: false,
    maxPods: 250,
    kubeAPIQPS: 200,
    kubeAPIBurst: 400,
    eventRecordQPS: 0,
    configMapAndSecretChangeDetectionStrategy: 'Watch',
    syncFrequency: '10s',
    nodeStatusUpdateFrequency: '2s',
    shutdownGracePeriod: '0s',
  };
}

/** Writes the files that {@link kubeletProcess} reads. */
export async function writeKubeletFiles(
  ctx: ClusterContext,
  options: { caFile: string; cgroupRoot: string },
): Promise<void> {
  await mkdir(ctx.kubeletRoot, { recursive: true });
  await Promise.all([
    writeFile(join(ctx.dir, 'kubelet.yaml'), stringify(kubeletConfig(ctx, options))),
    // Names outside the cluster are answered by nobody: tests must not depend on the world.
    writeFile(join(ctx.dir, 'resolv.conf'), `nameserver ${ctx.dnsIP}\n`),
  ]);
}

/** kubelet; `kubeconfigPath` is the node's own. */
export function kubeletProcess(ctx: ClusterContext, kubeconfigPath: string): ProcessSpec {
  return {
    name: 'kubelet',
    binary: ctx.binaries.kubelet ?? '',
    args: [
      `--config=${join(ctx.dir, 'kubelet.yaml')}`,
      `--kubeconfig=${kubeconfigPath}`,
      `--root-dir=${ctx.kubeletRoot}`,
      `--hostname-override=${ctx.nodeName}`,
      `--node-ip=${ctx.nodeIP}`,
    ],
  };
}
