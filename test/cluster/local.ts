// A running cluster of our own, known by its record alone: the process that created it and any later one use it alike.
import { join } from 'node:path';
import { auditLogPath } from './apiserver.ts';
import type { Cluster } from './cluster.ts';
import { importImage } from './containerd.ts';
import type { ClusterContext, OnProgress, ProcessSpec } from './context.ts';
import { compact } from './etcd.ts';
import type { ProcessIdentity } from './identity.ts';
import { runInside } from './namespaces.ts';
import { insideLauncher, Processes } from './processes.ts';
import { apiServerPort, processOf } from './programs.ts';
import { isRunning, removeCluster } from './reap.ts';
import { type ClusterRecord, readRecord } from './state.ts';
import { type ClusterNetwork, networkOfSlot } from './subnet.ts';

/** A record from the moment the namespaces exist. */
export type StartedRecord = ClusterRecord & { readonly slot: number; readonly init: ProcessIdentity };

/** The name of the only node, which is also its hostname. */
export const nodeName = 'node-1';

/** What the parts of this cluster are told. */
export function contextOf(record: StartedRecord, network: ClusterNetwork = networkOfSlot(record.slot)): ClusterContext {
  const { dir, name, init, binaries = {} } = record;
  return {
    dir,
    kubeletRoot: join(dir, 'kubelet'),
    kubeconfigPath: join(dir, 'kubeconfig'),
    clusterName: name,
    nodeName,
    nodeIP: network.nodeIP,
    hostIP: network.hostIP,
    clusterDomain: 'cluster.local',
    dnsIP: network.dnsIP,
    podCIDR: network.podCIDR,
    serviceCIDR: network.serviceCIDR,
    apiServiceIP: network.apiServiceIP,
    cgroup: record.id,
    binaries,
    run: (binary, args) => runInside(init, binary, args),
  };
}

class LocalCluster implements Cluster {
  readonly name: string;
  readonly kubeconfigPath: string;
  readonly server: string;
  readonly auditLogPath: string;
  readonly dir: string;
  readonly nodeIP: string;
  readonly hostIP: string;
  readonly serviceRoute: string;
  readonly #context: ClusterContext;
  readonly #processes: Processes;
  readonly #beforeDown: () => void;

  constructor(record: StartedRecord, onProgress: OnProgress, beforeDown: () => void) {
    const network = networkOfSlot(record.slot);
    this.#context = contextOf(record, network);
    this.#processes = new Processes(record.dir, insideLauncher(record.init), onProgress);
    this.#beforeDown = beforeDown;
    this.name = record.name;
    this.dir = record.dir;
    this.kubeconfigPath = this.#context.kubeconfigPath;
    this.server = `https://${network.nodeIP}:${apiServerPort}`;
    this.auditLogPath = auditLogPath(record.dir);
    this.nodeIP = network.nodeIP;
    this.hostIP = network.hostIP;
    this.serviceRoute = network.clusterCIDR;
  }

  async loadImage(archive: string): Promise<void> {
    await importImage(this.#context, archive);
  }

  exec(binary: string, args: readonly string[]): Promise<string> {
    return this.#context.run(binary, args);
  }

  kill(process: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    return this.#processes.stop(process, signal);
  }

  async start(process: string): Promise<void> {
    await this.#processes.start(this.#specification(process));
  }

  #specification(name: string): ProcessSpec {
    const spec = processOf(this.#context, name);
    if (!spec) throw new Error(`no program of the cluster is called ${name}`);
    return spec;
  }

  async pause(process: string): Promise<void> {
    await this.#processes.pause(process);
  }

  async resume(process: string): Promise<void> {
    await this.#processes.signal(process, 'SIGCONT');
  }

  compact(revision: number | string): Promise<void> {
    return compact(this.dir, revision);
  }

  async down(): Promise<void> {
    this.#beforeDown();
    await removeCluster(this.name);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.down();
  }
}

/** The cluster of that record. `beforeDown` is called when somebody takes it down through the returned object. */
export function openCluster(
  record: StartedRecord,
  onProgress: OnProgress = () => undefined,
  beforeDown: () => void = () => undefined,
): Cluster {
  return new LocalCluster(record, onProgress, beforeDown);
}

/** A cluster that runs already, created by this or another process. Rejects if there is none of that name. */
export async function attachCluster(name: string): Promise<Cluster> {
  const record = await readRecord(name);
  if (!record || !isRunning(record) || record.slot === undefined || record.init === undefined) {
    throw new Error(`no cluster ${name} runs: start it with \`npm run cluster -- up --name ${name}\``);
  }
  return openCluster({ ...record, slot: record.slot, init: record.init });
}
