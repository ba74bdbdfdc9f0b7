// A cluster by kind, where a Docker daemon answers. Kept thin: kind is known to work, and does its own clean-up.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Cluster, ClusterOptions } from './cluster.ts';
import { run } from './command.ts';
import { currentCluster } from './existing.ts';
import { onInterrupt } from './interrupt.ts';
import { checkClusterName, defaultClusterName } from './state.ts';

/** True if a Docker daemon answers and kind is installed. */
export async function dockerAnswers(): Promise<boolean> {
  return Promise.all([run('docker', ['version', '--format', '{{.Server.Version}}']), run('kind', ['version'])]).then(
    () => true,
    () => false,
  );
}

function unsupported(what: string): () => Promise<never> {
  return () => Promise.reject(new Error(`cannot ${what} of a kind cluster: stop Docker for a cluster of our own`));
}

/** Creates the cluster and resolves when its node is Ready. Its default StorageClass is the one kind brings. */
export async function createKindCluster(options: ClusterOptions): Promise<Cluster> {
  const name = options.name ?? defaultClusterName(resolve(import.meta.dirname, '../..'));
  checkClusterName(name);
  const { owner, images = [], onProgress = () => undefined } = options;
  const dir = await mkdtemp(join(tmpdir(), 'dokkerr-kind-'));
  const kubeconfigPath = join(dir, 'kubeconfig');
  const container = `${name}-control-plane`;
  const down = async () => {
    forget();
    await run('kind', ['delete', 'cluster', '--name', name]);
    await rm(dir, { recursive: true, force: true });
  };
  const forget = owner === 'detached' ? () => undefined : onInterrupt(down);
  try {
    await run('kind', ['create', 'cluster', '--name', name, '--kubeconfig', kubeconfigPath, '--wait', '120s']);
    onProgress('kind cluster ready');
    const loadImage = async (archive: string) =>
      void (await run('kind', ['load', 'image-archive', archive, '--name', name]));
    for (const image of images) await loadImage(await image);
    const nodeIP = (
      await run('docker', ['inspect', '--format', '{{.NetworkSettings.Networks.kind.IPAddress}}', container])
    ).trim();
    const exec = (binary: string, args: readonly string[]) => run('docker', ['exec', container, binary, ...args]);
    return {
      ...currentCluster(await readFile(kubeconfigPath, 'utf8'), kubeconfigPath),
      name,
      kubeconfigPath,
      auditLogPath: undefined,
      dir,
      nodeIP,
      hostIP: undefined,
      serviceRoute: undefined,
      loadImage,
      exec,
      kill: async (process, signal = 'SIGKILL') => void (await exec('pkill', [`-${signal.slice(3)}`, '-x', process])),
      // kubelet and containerd are units of the node, the others static pods: both come back by themselves.
      start: () => Promise.resolve(),
      pause: async (process) => void (await exec('pkill', ['-STOP', '-x', process])),
      resume: async (process) => void (await exec('pkill', ['-CONT', '-x', process])),
      compact: unsupported('compact the etcd'),
      down,
      [Symbol.asyncDispose]: down,
    };
  } catch (error) {
    await down();
    throw error;
  }
}
