// What every part of the local cluster is told about the cluster it belongs to, and how a part describes a process
// it wants to have run. Pure types: builders take a context and return specifications, `processes.ts` runs them.

/** One long-running program of a cluster. It runs as root inside the cluster's namespaces, never as a pod. */
export interface ProcessSpec {
  /** Unique within the cluster (`kubelet`, `csi-provisioner`); names the log file `<dir>/log/<name>.log`. */
  readonly name: string;
  /** Absolute path of the program. */
  readonly binary: string;
  readonly args: readonly string[];
  /** Added to `PATH` and `HOME`; nothing else of the owner's environment is passed on. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Resolves to true once the program serves; asked every 50 ms until then. A rejection counts as "not yet" and its
   * message is shown if the time runs out. It runs on the host, which reaches `nodeIP`, ClusterIPs and every socket
   * file under `dir`. Absent: the program counts as ready as soon as it was started.
   */
  readonly ready?: (signal: AbortSignal) => Promise<boolean>;
  /** How long `ready` may take, milliseconds. Default 180000. */
  readonly readyTimeoutMs?: number;
}

/** The facts of one cluster, fixed before its first process starts. */
export interface ClusterContext {
  /** Folder of everything this cluster writes; the same path inside and outside its mount namespace. */
  readonly dir: string;
  /** kubelet's `--root-dir`: bind-mounted onto itself and `rshared` inside the cluster's mount namespace. */
  readonly kubeletRoot: string;
  /** Administrator's kubeconfig; its server address works inside and outside the cluster's network namespace. */
  readonly kubeconfigPath: string;
  readonly clusterName: string;
  readonly nodeName: string;
  /** The node's address, reachable from the host. */
  readonly nodeIP: string;
  /** The host's end of the link to the node: where a pod reaches a server that runs on the host. */
  readonly hostIP: string;
  /** Usually `cluster.local`. */
  readonly clusterDomain: string;
  /** Address that pods' resolv.conf names, already assigned to the node's loopback interface. CoreDNS listens there. */
  readonly dnsIP: string;
  readonly podCIDR: string;
  readonly serviceCIDR: string;
  /** ClusterIP of the Service `kubernetes`. */
  readonly apiServiceIP: string;
  /** Name of the cgroup that is the parent of all pods' cgroups, in every hierarchy. */
  readonly cgroup: string;
  /** Absolute path by name, of every binary the part asked `ensureBinaries` for. */
  readonly binaries: Readonly<Record<string, string>>;
  /**
   * Runs a program to its end inside the cluster's namespaces and resolves to its standard output; rejects with the
   * command line, exit code and standard error otherwise. What is mounted this way is invisible on the host and goes
   * with the namespace, and so does a loop device attached by `mount -o loop` (it is marked autoclear).
   */
  readonly run: (binary: string, args: readonly string[]) => Promise<string>;
}

/** Receives one finished line of progress, without a newline: `kube-apiserver ready`. */
export type OnProgress = (line: string) => void;
