// All programs of a cluster of our own as specifications, and the files they read. Everything follows from the context,
// so a program can be started again later, also by a process that did not create the cluster.
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { apiServerProcess, writeApiServerFiles } from './apiserver.ts';
import type { BinaryName } from './binaries/catalog.ts';
import { containerdProcess, writeContainerdFiles } from './containerd.ts';
import type { ClusterContext, ProcessSpec } from './context.ts';
import { controllerManagerProcess } from './controller-manager.ts';
import { dnsProgram } from './dns/coredns.ts';
import { etcdProcess } from './etcd.ts';
import { kubeProxyProcess, writeKubeProxyFiles } from './kube-proxy.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { kubeletProcess, writeKubeletFiles } from './kubelet.ts';
import { createPki, pkiPaths } from './pki.ts';
import { schedulerProcess, writeSchedulerFiles } from './scheduler.ts';
import { storagePrograms } from './storage/programs.ts';

/** Where kube-apiserver listens on the node. */
export const apiServerPort = 6443;

type Component = 'kube-controller-manager' | 'kube-scheduler' | 'kube-proxy' | 'kubelet';

function componentKubeconfig(dir: string, component: Component): string {
  return join(dir, 'kubeconfigs', component);
}

/** Makes certificates, kubeconfigs and configuration files of all programs but containerd. */
async function writeControlPlaneFiles(ctx: ClusterContext): Promise<void> {
  const pki = await createPki(join(ctx.dir, 'pki'), ctx.nodeName, [ctx.nodeIP, ctx.apiServiceIP]);
  await mkdir(join(ctx.dir, 'kubeconfigs'), { recursive: true });
  const server = `https://${ctx.nodeIP}:${apiServerPort}`;
  const cluster = { clusterName: ctx.clusterName, server, caFile: pki.ca.cert };
  const pairs = {
    'kube-controller-manager': pki.controllerManager,
    'kube-scheduler': pki.scheduler,
    'kube-proxy': pki.kubeProxy,
    kubelet: pki.kubelet,
  };
  await Promise.all([
    writeKubeconfig(ctx.kubeconfigPath, cluster, { userName: 'kubernetes-admin', pair: pki.admin }),
    ...Object.entries(pairs).map(([name, pair]) =>
      writeKubeconfig(componentKubeconfig(ctx.dir, name as Component), cluster, { userName: name, pair }),
    ),
    writeApiServerFiles(ctx.dir, randomBytes(16).toString('hex')),
    writeKubeletFiles(ctx, { caFile: pki.ca.cert, cgroupRoot: `/${ctx.cgroup}` }),
    writeSchedulerFiles(ctx, componentKubeconfig(ctx.dir, 'kube-scheduler')),
    writeKubeProxyFiles(ctx, componentKubeconfig(ctx.dir, 'kube-proxy')),
  ]);
}

/** One program of the cluster with what it needs, or a few that make sense only together. */
export interface Program {
  readonly name: string;
  readonly binaries: readonly BinaryName[];
  /** Names of the programs that must be ready first. Default: kube-apiserver. */
  readonly after?: readonly string[];
  /** Writes files and makes mounts, when those before are ready and none of the processes was started. */
  readonly prepare?: (ctx: ClusterContext) => Promise<void>;
  readonly processes: (ctx: ClusterContext) => readonly ProcessSpec[];
  /** Objects that are applied once the processes are ready. */
  readonly manifests?: (ctx: ClusterContext) => readonly object[];
}

const pkiOf = (ctx: ClusterContext) => pkiPaths(join(ctx.dir, 'pki'));

const corePrograms: readonly Program[] = [
  {
    name: 'etcd',
    binaries: ['etcd'],
    after: [],
    processes: (ctx) => [etcdProcess(ctx.binaries.etcd ?? '', ctx.dir)],
  },
  {
    name: 'kube-apiserver',
    binaries: ['kube-apiserver'],
    // It waits for etcd by itself, and takes its time before it asks.
    after: [],
    prepare: writeControlPlaneFiles,
    processes: (ctx) => [
      apiServerProcess({
        binary: ctx.binaries['kube-apiserver'] ?? '',
        dir: ctx.dir,
        pki: pkiOf(ctx),
        bindAddress: '0.0.0.0',
        port: apiServerPort,
        advertiseAddress: ctx.nodeIP,
        serviceCIDR: ctx.serviceCIDR,
      }),
    ],
  },
  {
    name: 'containerd',
    binaries: ['containerd', 'containerd-shim-runc-v2', 'ctr', 'runc', 'bridge', 'host-local', 'loopback', 'portmap'],
    after: [],
    prepare: writeContainerdFiles,
    processes: (ctx) => [containerdProcess(ctx)],
  },
  {
    name: 'kubelet',
    binaries: ['kubelet'],
    after: ['kube-apiserver', 'containerd'],
    processes: (ctx) => [kubeletProcess(ctx, componentKubeconfig(ctx.dir, 'kubelet'))],
  },
  {
    name: 'kube-controller-manager',
    binaries: ['kube-controller-manager'],
    processes: (ctx) => [
      controllerManagerProcess(ctx, pkiOf(ctx), componentKubeconfig(ctx.dir, 'kube-controller-manager')),
    ],
  },
  { name: 'kube-scheduler', binaries: ['kube-scheduler'], processes: (ctx) => [schedulerProcess(ctx)] },
  {
    name: 'kube-proxy',
    binaries: ['kube-proxy'],
    // It gives the node half a minute to be there with its addresses, goes on without, and ends once they come.
    after: ['kube-apiserver', 'kubelet'],
    processes: (ctx) => [kubeProxyProcess(ctx)],
  },
];

/** What a cluster has beyond a node that runs pods. */
export interface Features {
  /** A default StorageClass whose claims are bound, grown and cloned. */
  readonly storage: boolean;
  /** VolumeSnapshots; only with storage. */
  readonly snapshots: boolean;
}

/** Every program of a cluster with those features, each behind those it waits for. */
export function clusterPrograms({ storage, snapshots }: Features): readonly Program[] {
  const [claims, ...others] = storagePrograms;
  if (!storage || !claims) return [...corePrograms, dnsProgram];
  // What takes snapshots gives up where it finds no driver for half a minute, as on a first start that builds the driver.
  const afterClaims = others.map((program) => ({ ...program, after: ['kube-apiserver', claims.name] }));
  return [...corePrograms, dnsProgram, claims, ...(snapshots ? afterClaims : [])];
}

/** Specification of one process by its name; undefined for a name that is none. */
export function processOf(ctx: ClusterContext, name: string): ProcessSpec | undefined {
  return clusterPrograms({ storage: true, snapshots: true })
    .flatMap((program) => program.processes(ctx))
    .find((spec) => spec.name === name);
}
