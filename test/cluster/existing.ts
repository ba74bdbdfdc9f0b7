// A cluster that somebody else runs, given by its kubeconfig. Tests use it as it is and leave it running.
import { access, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import type { Cluster } from './cluster.ts';

interface Kubeconfig {
  readonly 'current-context'?: string;
  readonly contexts?: readonly { name: string; context: { cluster: string } }[];
  readonly clusters?: readonly { name: string; cluster: { server: string } }[];
}

/** Name and server of a kubeconfig's current context. Throws with the path if there is none. */
export function currentCluster(text: string, path: string): { name: string; server: string } {
  const config = parse(text) as Kubeconfig | null;
  const current = config?.['current-context'];
  const context = config?.contexts?.find(({ name }) => name === current)?.context;
  const cluster = config?.clusters?.find(({ name }) => name === context?.cluster)?.cluster;
  if (!current || !cluster)
    throw new Error(`${path} has no current context: choose one with kubectl config use-context`);
  return { name: current, server: cluster.server };
}

function cannot(what: string): () => Promise<never> {
  return () =>
    Promise.reject(new Error(`cannot ${what} of an existing cluster: leave out --kubeconfig for one of our own`));
}

/** The cluster of the kubeconfig's current context. */
export async function existingCluster(kubeconfig: string): Promise<Cluster> {
  const kubeconfigPath = resolve(kubeconfig);
  await access(kubeconfigPath).catch((cause: unknown) => {
    throw new Error(`there is no kubeconfig ${kubeconfigPath}`, { cause });
  });
  const leave = () => Promise.resolve();
  return {
    ...currentCluster(await readFile(kubeconfigPath, 'utf8'), kubeconfigPath),
    kubeconfigPath,
    auditLogPath: undefined,
    dir: undefined,
    nodeIP: undefined,
    hostIP: undefined,
    serviceRoute: undefined,
    loadImage: cannot('load an image into the nodes'),
    exec: cannot('run a program on the nodes'),
    kill: cannot('kill a program'),
    start: cannot('start a program'),
    pause: cannot('pause a program'),
    resume: cannot('resume a program'),
    compact: cannot('compact the etcd'),
    down: leave,
    [Symbol.asyncDispose]: leave,
  };
}
