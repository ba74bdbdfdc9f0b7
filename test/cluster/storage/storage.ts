// The storage of a cluster: our CSI driver and Kubernetes' own sidecars, which turn claims and snapshots into calls of it.
// Plain processes like every program of the cluster; they reach the driver by its socket and the API as administrators.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ClusterContext, ProcessSpec } from '../context.ts';
import { acceptsOn } from '../readiness.ts';
import { DRIVER_NAME } from './manifests.ts';
import { createPool, poolFolder } from './pool.ts';

/** Programs that the driver and claims need. */
export const storageBinaries = ['csi-hostpath', 'csi-provisioner', 'csi-resizer'] as const;
/** Programs that snapshots need. */
export const snapshotBinaries = ['snapshot-controller', 'csi-snapshotter', 'kubectl'] as const;

const endpoint = (ctx: ClusterContext): string => join(ctx.kubeletRoot, 'plugins', 'csi-hostpath', 'csi.sock');
/** kubelet watches this folder and registers every plugin whose socket appears in it. */
const registration = (ctx: ClusterContext): string => join(ctx.kubeletRoot, 'plugins_registry', 'csi-hostpath.sock');

/** The sidecars' own limits (5 to 20 requests a second) would be the slowest part of a test. */
const API_LIMITS = ['--kube-api-qps=200', '--kube-api-burst=400'];

/** Makes the pool and the folders of the sockets; once, before {@link storageProcesses} start. */
export async function prepareStorage(ctx: ClusterContext): Promise<void> {
  await Promise.all([endpoint(ctx), registration(ctx)].map((path) => mkdir(dirname(path), { recursive: true })));
  await createPool(ctx);
}

/** Driver, provisioner and resizer. The sidecars wait by themselves for the driver's socket. */
export function storageProcesses(ctx: ClusterContext): ProcessSpec[] {
  return [
    {
      name: 'csi-hostpath',
      binary: ctx.binaries['csi-hostpath'] ?? '',
      args: [
        `--driver-name=${DRIVER_NAME}`,
        `--node=${ctx.nodeName}`,
        `--pool=${poolFolder(ctx)}`,
        `--endpoint=${endpoint(ctx)}`,
        `--registration=${registration(ctx)}`,
      ],
      ready: acceptsOn(registration(ctx)),
    },
    sidecar(ctx, 'csi-provisioner', [
      // There is one node, which reports no topology: with the feature on, every claim would wait for it.
      '--feature-gates=Topology=false',
      '--default-fstype=btrfs',
      '--retry-interval-start=200ms',
    ]),
    sidecar(ctx, 'csi-resizer', ['--retry-interval-start=200ms']),
  ];
}

/** Snapshot controller and its sidecar. They need the definitions of `installSnapshotCrds`. */
export function snapshotProcesses(ctx: ClusterContext): ProcessSpec[] {
  return [
    {
      name: 'snapshot-controller',
      binary: ctx.binaries['snapshot-controller'] ?? '',
      args: [`--kubeconfig=${ctx.kubeconfigPath}`, '--retry-interval-start=200ms', ...API_LIMITS],
    },
    sidecar(ctx, 'csi-snapshotter', ['--retry-interval-start=200ms']),
  ];
}

function sidecar(
  ctx: ClusterContext,
  name: 'csi-provisioner' | 'csi-resizer' | 'csi-snapshotter',
  args: readonly string[],
): ProcessSpec {
  return {
    name,
    binary: ctx.binaries[name] ?? '',
    args: [`--csi-address=${endpoint(ctx)}`, `--kubeconfig=${ctx.kubeconfigPath}`, ...API_LIMITS, ...args],
  };
}
