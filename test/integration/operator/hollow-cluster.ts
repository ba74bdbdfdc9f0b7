/**
 * A cluster whose pods only seem to run: real etcd, kube-apiserver and kube-controller-manager, one node that is nothing
 * but its object, and a kubelet that calls every pod Ready. Enough for everything an operator sees, at hundreds of pods.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pino from 'pino';
import { ensureBinaries } from '#cluster/binaries/ensure.ts';
import type { ProcessSpec } from '#cluster/context.ts';
import { type ControlPlane, startControlPlane } from '#cluster/control-plane.ts';
import { controllerManagerProcess } from '#cluster/controller-manager.ts';
import { createKubectl } from '#cluster/kubectl.ts';
import { pkiPaths } from '#cluster/pki.ts';
import { boundLauncher, Processes } from '#cluster/processes.ts';
import { createCache } from '#runtime/cache/cache.ts';
import type { Cache } from '#runtime/cache/types.ts';
import { type ClusterConnection, connectCluster } from '#runtime/client/connect.ts';
import { Namespace, Node, Pod } from '#runtime/client/kinds.ts';
import type { Client } from '#runtime/client/types.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { installKinds } from '#test/operator/install.ts';

const manager = 'kube-controller-manager';

export class HollowCluster implements AsyncDisposable {
  readonly controlPlane: ControlPlane;
  readonly #processes: Processes;
  readonly #manager: ProcessSpec;
  readonly #connection: ClusterConnection;
  readonly #cache: Cache;
  readonly #stop = new AbortController();

  private constructor(
    controlPlane: ControlPlane,
    processes: Processes,
    managerSpec: ProcessSpec,
    connection: ClusterConnection,
  ) {
    this.controlPlane = controlPlane;
    this.#processes = processes;
    this.#manager = managerSpec;
    this.#connection = connection;
    this.#cache = createCache(connection.transport, { log: pino({ level: 'silent' }) });
  }

  /** Resolves when Containers can be declared; no operator runs yet. */
  static async start(): Promise<HollowCluster> {
    // The default range has addresses for 254 Services only.
    const controlPlane = await startControlPlane({ extraArgs: ['--service-cluster-ip-range=10.0.0.0/16'] });
    const { dir, kubeconfigPath } = controlPlane;
    const kubectl = await createKubectl(kubeconfigPath);
    await installKinds(kubectl);
    const processes = new Processes(dir, boundLauncher);
    const binaries = await ensureBinaries([manager], { onProgress: () => undefined });
    const spec = controllerManagerProcess({ binaries }, pkiPaths(join(dir, 'pki')), kubeconfigPath);
    // Its port would be taken where two clusters run side by side; the node would soon be found dead, and its pods evicted.
    const args = [...spec.args, '--secure-port=0', '--controllers=*,-node-lifecycle-controller'];
    const managerSpec = { ...spec, args };
    await processes.start(managerSpec);
    const connection = await connectCluster({ kubeconfig: kubeconfigPath, userAgent: 'test', fieldManager: 'test' });
    const cluster = new HollowCluster(controlPlane, processes, managerSpec, connection);
    await cluster.#addNode();
    cluster.#callPodsReady();
    return cluster;
  }

  get client(): Client {
    return this.#connection.client;
  }

  /** Watches of the whole cluster, past every fault that is caused between the operator and the API server. */
  get cache(): Cache {
    return this.#cache;
  }

  get kubeconfigPath(): string {
    return this.controlPlane.kubeconfigPath;
  }

  /** Ends the API server as a crash does; all its clients are cut off. */
  stopApiServer(): Promise<void> {
    return this.controlPlane.stopApiServer('SIGKILL');
  }

  /** The controller manager starts anew with it: left alone it would wait for up to a minute before it tried again. */
  async startApiServer(): Promise<void> {
    await this.controlPlane.startApiServer();
    await this.#processes.stop(manager, 'SIGKILL');
    await this.#processes.start(this.#manager);
  }

  async createNamespace(purpose: string): Promise<string> {
    const name = `${purpose}-${randomUUID().slice(0, 6)}`;
    await this.client.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    return name;
  }

  async #addNode(): Promise<void> {
    const allocatable = { cpu: '64', memory: '256Gi', pods: '5000' };
    await this.client.create(Node, {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'hollow' },
      status: { allocatable, capacity: allocatable },
    });
  }

  #callPodsReady(): void {
    this.#cache.informer(Pod).subscribe((change) => {
      const { metadata, status } = change.object;
      if (change.type !== 'deleted' && status?.phase !== 'Running' && metadata.deletionTimestamp === undefined) {
        void this.#callReady(change.object);
      }
    });
    this.#cache.start(this.#stop.signal);
  }

  /** Tries until it is stored: the API server may be away, as a test wants it. */
  async #callReady({ metadata }: Pod): Promise<void> {
    const lastTransitionTime = new Date().toISOString();
    const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime }] };
    while (!this.#stop.signal.aborted) {
      try {
        await this.client.patch(Pod, metadata, { status }, { subresource: 'status' });
        return;
      } catch (error) {
        if (error instanceof DokkerrError && error.code === 'DKR_API_NOT_FOUND') return;
        await pause(200);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#connection.transport.close();
    await this.#processes.stop(manager, 'SIGKILL');
    await this.controlPlane.down();
  }
}
