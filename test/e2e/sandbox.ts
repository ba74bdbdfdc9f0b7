/**
 * A namespace of its own in the shared cluster, seen through watches: a test says what it expects and is woken by the
 * change that brings it about. Relies on the cache, whose own tests hold it to the API server's truth.
 */
import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { inject } from 'vitest';
import { createKubectl, type Kubectl } from '#cluster/kubectl.ts';
import { Backup } from '#crds/backup.ts';
import { BackupSchedule } from '#crds/backup-schedule.ts';
import { BackupStore } from '#crds/backup-store.ts';
import { Container, type ContainerSpecInput } from '#crds/container.ts';
import { Migration } from '#crds/migration.ts';
import { Restore } from '#crds/restore.ts';
import { createCache } from '#runtime/cache/cache.ts';
import type { Cache, Change, Informer } from '#runtime/cache/types.ts';
import { type ClusterConnection, connectCluster } from '#runtime/client/connect.ts';
import {
  Deployment,
  Event,
  Ingress,
  Job,
  Namespace,
  NetworkPolicy,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  Service,
  StatefulSet,
} from '#runtime/client/kinds.ts';
import type { Client, Kind, KubernetesObject } from '#runtime/client/types.ts';

const watched: readonly Kind[] = [
  Container,
  Deployment,
  StatefulSet,
  Pod,
  Service,
  PersistentVolumeClaim,
  NetworkPolicy,
  PodDisruptionBudget,
  Ingress,
  Event,
  Job,
  BackupStore,
  Backup,
  BackupSchedule,
  Restore,
  Migration,
];

/** Milliseconds until an expectation is given up: far above what any of them takes, on a busy machine too. */
const patience = 90_000;

export interface SandboxOptions {
  /** of the namespace; default: the purpose, and what makes it the only one */
  readonly name?: string;
  /** of the namespace */
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
  /** of the cluster; default: the suite's own */
  readonly kubeconfig?: string;
}

export class Sandbox implements AsyncDisposable {
  readonly namespace: string;
  readonly kubectl: Kubectl;
  readonly #cluster: ClusterConnection;
  readonly #cache: Cache;
  readonly #stop = new AbortController();
  readonly #waiting = new Set<() => void>();
  readonly #versions: KubernetesObject[] = [];
  /** Containers as the last call that changed them returned them: what is watched may lag behind. */
  readonly #declared = new Map<string, Container>();

  private constructor(namespace: string, cluster: ClusterConnection, kubectl: Kubectl) {
    this.namespace = namespace;
    this.#cluster = cluster;
    this.#cache = createCache(cluster.transport, { log: pino({ level: 'silent' }) });
    const inNamespace = (args: readonly string[]) => ['--namespace', namespace, ...args];
    this.kubectl = Object.assign((args: readonly string[], input?: string) => kubectl(inNamespace(args), input), {
      json: <T>(args: readonly string[]) => kubectl.json<T>(inNamespace(args)),
    });
  }

  /** Makes the namespace; resolves when everything in it is watched. */
  static async open(
    purpose: string,
    {
      name: namespace = `${purpose}-${randomUUID().slice(0, 6)}`,
      labels = {},
      annotations = {},
      kubeconfig = inject('kubeconfig'),
    }: SandboxOptions = {},
  ): Promise<Sandbox> {
    const cluster = await connectCluster({ kubeconfig, userAgent: 'e2e', fieldManager: 'e2e' });
    const sandbox = new Sandbox(namespace, cluster, await createKubectl(kubeconfig));
    const metadata = { name: namespace, labels, annotations };
    await cluster.client.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata });
    await sandbox.#watch();
    return sandbox;
  }

  async #watch(): Promise<void> {
    for (const kind of watched) this.#informer(kind).subscribe((change) => this.#take(change));
    this.#cache.start(this.#stop.signal);
    await this.#cache.synced();
  }

  #informer<T extends KubernetesObject>(kind: Kind<T>): Informer<T> {
    return this.#cache.informer(kind, { namespaces: [this.namespace] });
  }

  #take({ type, object }: Change<KubernetesObject>): void {
    if (type !== 'deleted') this.#versions.push(object);
    for (const look of [...this.#waiting]) look();
  }

  get client(): Client {
    return this.#cluster.client;
  }

  get<T extends KubernetesObject>(kind: Kind<T>, name: string): T | undefined {
    return this.#informer(kind).get({ namespace: this.namespace, name });
  }

  list<T extends KubernetesObject>(kind: Kind<T>): readonly T[] {
    return this.#informer(kind).list();
  }

  /** Every version of every object of that kind that was ever seen, in order. */
  versions<T extends KubernetesObject>(kind: Kind<T>): readonly T[] {
    return this.#versions.filter((object): object is T => object.kind === kind.kind);
  }

  /** Every version of that object that was ever seen, in order. */
  history<T extends KubernetesObject>(kind: Kind<T>, name: string): readonly T[] {
    return this.versions(kind).filter(({ metadata }) => metadata.name === name);
  }

  /** Pods of a Container that are not on their way out, by name. */
  pods(name: string): readonly Pod[] {
    return this.list(Pod)
      .filter(({ metadata }) => metadata.labels?.['dokkerr.io/container'] === name)
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name));
  }

  /** Resolves with what `find` finds, looking again at every change in the namespace. */
  eventually<T>(what: string, find: () => T | undefined | false, withinMs = patience): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = () => {
        try {
          const found = find();
          if (found !== undefined && found !== false) end(() => resolve(found));
        } catch (error) {
          end(() => reject(error instanceof Error ? error : new Error(String(error))));
        }
      };
      const end = (settle: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        settle();
      };
      const givenUp = () => new Error(`${what}: not within ${withinMs / 1000} s\n${this.#describe()}`);
      const timer = setTimeout(() => end(() => reject(givenUp())), withinMs);
      this.#waiting.add(look);
      look();
    });
  }

  /** Declares a Container as GitOps does: server-side apply of what is given, again and again. */
  async declare(name: string, spec: ContainerSpecInput): Promise<Container> {
    const { apiVersion, kind } = Container;
    // Sound: what users write is less than what the API server fills in, and that is what is sent.
    const declared = { apiVersion, kind, metadata: this.#key(name), spec: spec as Container['spec'] };
    const container = await this.client.apply(Container, declared);
    this.#declared.set(name, container);
    return container;
  }

  delete(kind: Kind, name: string): Promise<boolean> {
    return this.client.delete(kind, this.#key(name));
  }

  patch<T extends KubernetesObject>(kind: Kind<T>, name: string, patch: Record<string, unknown>): Promise<T> {
    return this.client.patch(kind, this.#key(name), patch);
  }

  #key(name: string) {
    return { namespace: this.namespace, name };
  }

  /** The Container, once the watch has brought it as it was last declared. */
  newest(name: string): Container | undefined {
    const seen = this.get(Container, name);
    const declared = this.#declared.get(name)?.metadata;
    if (seen === undefined || declared === undefined) return seen;
    const { uid, generation = 0 } = seen.metadata;
    return uid === declared.uid && generation >= (declared.generation ?? 0) ? seen : undefined;
  }

  /** Resolves once the Container is Ready for its newest spec. */
  ready(name: string): Promise<Container> {
    return this.eventually(`Container ${name} Ready`, () => {
      const container = this.newest(name);
      return container !== undefined && isReady(container) && container;
    });
  }

  /** Resolves once a condition is as expected, said of the newest spec. */
  condition(name: string, type: string, status: 'True' | 'False', reason?: string) {
    return this.eventually(`${type}=${status} ${reason ?? ''} of Container ${name}`, () => {
      const container = this.newest(name);
      const found = container && conditionOf(container, type);
      const isCurrent = found?.observedGeneration === container?.metadata.generation;
      return isCurrent && found?.status === status && (reason === undefined || found.reason === reason) && found;
    });
  }

  /** Where one pod answers, without the Service, once it has an address. */
  podUrl(pod: string): Promise<string> {
    return this.eventually(`an address of pod ${pod}`, () => {
      const address = this.get(Pod, pod)?.status?.podIP;
      return address !== undefined && `http://${address}:8080`;
    });
  }

  /** `http://` and the ClusterIP of the Container's Service, which this host can reach. */
  url(name: string): Promise<string> {
    return this.eventually(`an address of Service ${name}`, () => {
      const service = this.get(Service, name);
      const isGoing = service?.metadata.deletionTimestamp !== undefined;
      return service?.spec.clusterIP !== undefined && !isGoing && `http://${service.spec.clusterIP}:8080`;
    });
  }

  /** What a reader needs to know when an expectation did not come true. */
  #describe(): string {
    const containers = this.list(Container).map(({ metadata, spec, status }) => {
      const conditions = (status?.conditions ?? []).map(
        ({ type, status: value, reason, message }) => `    ${type}=${value} ${reason} ${message}`,
      );
      const of = `generation ${metadata.generation}, observed ${status?.observedGeneration}`;
      return [`  ${metadata.name} ${spec.image} ${status?.phase} ${status?.ready}, ${of}`, ...conditions].join('\n');
    });
    const pods = this.list(Pod).map(({ metadata, status }) => `  pod ${metadata.name} ${status?.phase}`);
    return [...containers, ...pods].join('\n');
  }

  /** The namespace goes on its own time; nobody waits for it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.client.delete(Namespace, { name: this.namespace });
    await this.#cluster.transport.close();
  }
}

export function conditionOf({ status }: Container, type: string) {
  return status?.conditions?.find((condition) => condition.type === type);
}

/** Ready for the spec as it is now. */
export function isReady(container: Container): boolean {
  const current = container.status?.observedGeneration === container.metadata.generation;
  return current && conditionOf(container, 'Ready')?.status === 'True';
}
