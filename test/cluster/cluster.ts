// What a test or the demo can do with a cluster, wherever it runs, and the choice of where: an existing one where a
// kubeconfig is given, kind where a Docker daemon answers, else a cluster of our own on this machine.
import type { OnProgress } from './context.ts';
import { createLocalCluster } from './create-local.ts';
import { existingCluster } from './existing.ts';
import { createKindCluster, dockerAnswers } from './kind.ts';

/** The programs of a cluster of our own, by the names fault tests use. */
export type ProcessName =
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-scheduler'
  | 'kube-controller-manager'
  | 'kube-proxy'
  | 'containerd'
  | 'kubelet'
  | (string & {});

/** A running cluster. What a kind of cluster cannot do rejects with an error that says so. */
export interface Cluster extends AsyncDisposable {
  readonly name: string;
  /** Of an administrator. */
  readonly kubeconfigPath: string;
  /** `https://host:port` */
  readonly server: string;
  /** JSON lines, audit.k8s.io/v1 Event; undefined where the log is not ours to read. */
  readonly auditLogPath: string | undefined;
  /** Folder of its state and logs; undefined for an existing cluster. */
  readonly dir: string | undefined;
  readonly nodeIP: string | undefined;
  /** Where a pod reaches a server that listens on the host; undefined where unknown. */
  readonly hostIP: string | undefined;
  /**
   * The network (CIDR) that this host routes to the node: ClusterIPs and pod IPs in it can be connected to from here.
   * Undefined where the host has no such route.
   */
  readonly serviceRoute: string | undefined;
  /** Imports an OCI archive, so that pods can use its image with any `imagePullPolicy` but `Always`. */
  loadImage(archive: string): Promise<void>;
  /** Runs a program to its end in the node's namespaces; resolves to its standard output. */
  exec(binary: string, args: readonly string[]): Promise<string>;
  /** Ends a program with SIGKILL or the given signal and resolves when it is gone. */
  kill(process: ProcessName, signal?: NodeJS.Signals): Promise<void>;
  /** Starts a program that was killed and resolves when it is ready. */
  start(process: ProcessName): Promise<void>;
  /** Stops a program's clock (SIGSTOP): its connections stay open and fall silent. */
  pause(process: ProcessName): Promise<void>;
  resume(process: ProcessName): Promise<void>;
  /** Makes etcd forget what was before the revision (a `resourceVersion`). */
  compact(revision: number | string): Promise<void>;
  /** Removes the cluster with everything that belongs to it; an existing cluster is left as it is. */
  down(): Promise<void>;
}

export interface ClusterOptions {
  /** Up to 40 lower-case letters, digits and hyphens. Default: derived from the checkout's path. */
  readonly name?: string;
  /**
   * The process the cluster lives for, normally `process.pid`: when it ends in whatever way, the cluster is removed.
   * `detached`: the cluster stays until it is taken down.
   */
  readonly owner: number | 'detached';
  /** A cluster of our own has one node. */
  readonly nodes?: 1;
  /** With a default StorageClass. Default true. */
  readonly storage?: boolean;
  /** With volume snapshots, where there is storage. Default true. */
  readonly snapshots?: boolean;
  /** Use this cluster instead of making one. Default: `DOKKERR_KUBECONFIG`. */
  readonly kubeconfig?: string;
  /**
   * OCI archives that are there when the cluster is, imported while the rest of it starts, each as soon as its promise
   * resolves. An existing cluster takes none: its nodes have to know or be able to pull what its pods want.
   */
  readonly images?: readonly Promise<string>[];
  readonly onProgress?: OnProgress;
}

/** Makes a cluster (see the top of this file for where) and resolves when its node is Ready. */
export async function createCluster(options: ClusterOptions): Promise<Cluster> {
  const kubeconfig = options.kubeconfig ?? process.env.DOKKERR_KUBECONFIG;
  // What fails before anybody asks for it is thrown where it is asked for.
  for (const image of options.images ?? []) image.catch(() => undefined);
  if (kubeconfig) return existingCluster(kubeconfig);
  if (await dockerAnswers()) return createKindCluster(options);
  return createLocalCluster(options);
}
