// containerd with runc and the CNI plugins of one node. Its sockets and run-time state live on the tmpfs that the
// cluster's mount namespace has on /run, so their paths are short and always the same.
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { ClusterContext, ProcessSpec } from './context.ts';

/** containerd's socket inside the cluster's mount namespace. */
export const containerdSocket = '/run/containerd/containerd.sock';

/** The image of the container that holds a pod's namespaces; loaded before the first pod. */
export const pauseImage = 'localhost/pause:1';

/** containerd's configuration file; paths are quoted as TOML strings, which JSON strings are. */
export function containerdConfig(ctx: ClusterContext): string {
  const text = (value: string) => JSON.stringify(value);
  return `version = 3
root = ${text(join(ctx.dir, 'containerd'))}
state = "/run/containerd"

[grpc]
  address = ${text(containerdSocket)}

[plugins.'io.containerd.internal.v1.opt']
  path = ${text(join(ctx.dir, 'containerd/opt'))}

[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = ${text(pauseImage)}

[plugins.'io.containerd.cri.v1.runtime']
  # Without CAP_SYS_RESOURCE the kernel refuses to lower oom_score_adj, and runc dies of it.
  restrict_oom_score_adj = true

[plugins.'io.containerd.cri.v1.runtime'.cni]
  bin_dirs = [${text(dirname(ctx.binaries.bridge ?? ''))}]
  conf_dir = ${text(join(ctx.dir, 'cni'))}

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
  [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
    BinaryName = ${text(ctx.binaries.runc ?? '')}
    SystemdCgroup = false
`;
}

/** The pod network: one bridge on the node, the node as every pod's gateway. */
export function cniConfig(ctx: ClusterContext): object {
  return {
    cniVersion: '1.0.0',
    name: 'pods',
    plugins: [
      {
        type: 'bridge',
        bridge: 'cni0',
        isGateway: true,
        isDefaultGateway: true,
        ipMasq: true,
        hairpinMode: true,
        ipam: {
          type: 'host-local',
          dataDir: '/run/cni/ipam',
          ranges: [[{ subnet: ctx.podCIDR }]],
        },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
}

/** Writes the files that {@link containerdProcess} reads. */
export async function writeContainerdFiles(ctx: ClusterContext): Promise<void> {
  await mkdir(join(ctx.dir, 'cni'), { recursive: true });
  await Promise.all([
    writeFile(join(ctx.dir, 'containerd.toml'), containerdConfig(ctx)),
    writeFile(join(ctx.dir, 'cni/10-pods.conflist'), JSON.stringify(cniConfig(ctx))),
  ]);
}

/** containerd; needs the binaries of the groups containerd, runc and cni. */
export function containerdProcess(ctx: ClusterContext): ProcessSpec {
  const { containerd = '', ctr = '' } = ctx.binaries;
  const shims = dirname(ctx.binaries['containerd-shim-runc-v2'] ?? '');
  return {
    name: 'containerd',
    binary: containerd,
    args: ['--config', join(ctx.dir, 'containerd.toml'), '--log-level', 'warn'],
    env: { PATH: [shims, process.env.PATH].join(delimiter) },
    ready: async () => {
      await ctx.run(ctr, ['--address', containerdSocket, 'version']);
      return true;
    },
  };
}

/** Imports an OCI archive into the store that kubelet starts containers from. */
export async function importImage(ctx: Pick<ClusterContext, 'run' | 'binaries'>, archive: string): Promise<void> {
  const { ctr = '' } = ctx.binaries;
  await ctx.run(ctr, ['--address', containerdSocket, '--namespace', 'k8s.io', 'images', 'import', archive]);
}
