/** The Containers a test has declared in one namespace, and the wait until the cluster holds just that. */
import { Container, type ContainerSpecInput } from '#crds/container.ts';
import { comparedKinds, discrepancies } from './discrepancies.ts';
import type { HollowCluster } from './hollow-cluster.ts';

/** Milliseconds between two comparisons: with hundreds of objects each costs more than many changes. */
const pace = 400;

export class Declarations {
  readonly #cluster: HollowCluster;
  readonly #listeners = new Set<() => void>();
  readonly #specs = new Map<string, ContainerSpecInput>();
  readonly namespace: string;

  private constructor(cluster: HollowCluster, namespace: string) {
    this.#cluster = cluster;
    this.namespace = namespace;
    for (const kind of comparedKinds) {
      cluster.cache.informer(kind).subscribe(({ object }) => {
        if (object.metadata.namespace !== namespace) return;
        for (const listener of [...this.#listeners]) listener();
      });
    }
  }

  /** In a namespace of its own; resolves when everything in it is watched. */
  static async in(cluster: HollowCluster, purpose: string): Promise<Declarations> {
    const declarations = new Declarations(cluster, await cluster.createNamespace(purpose));
    await cluster.cache.synced();
    return declarations;
  }

  has(name: string): boolean {
    return this.#specs.has(name);
  }

  async declare(name: string, spec: ContainerSpecInput): Promise<void> {
    const { apiVersion, kind } = Container;
    const metadata = { namespace: this.namespace, name };
    // Sound: what users write is less than what the API server fills in, and that is what is sent.
    await this.#cluster.client.apply(Container, { apiVersion, kind, metadata, spec: spec as Container['spec'] });
    this.#specs.set(name, spec);
  }

  async undeclare(name: string): Promise<void> {
    await this.#cluster.client.delete(Container, { namespace: this.namespace, name });
    this.#specs.delete(name);
  }

  /** Resolves after that many changes of Containers and their children, whoever made them. */
  changes(count: number): Promise<void> {
    let left = count;
    return new Promise((resolve) => {
      const listener = () => {
        left -= 1;
        if (left > 0) return;
        this.#listeners.delete(listener);
        resolve();
      };
      this.#listeners.add(listener);
    });
  }

  /** Resolves once the cluster holds what is declared and nothing else; rejects with what differs. */
  hold(withinMs = 400_000): Promise<void> {
    const wrong = () => discrepancies(this.#cluster.cache, this.namespace, this.#specs);
    const givenUp = () => {
      const found = wrong();
      return new Error(`${found.length} differ after ${withinMs / 1000} s: ${found.slice(0, 10).join('; ')}`);
    };
    return new Promise((resolve, reject) => {
      let next: NodeJS.Timeout | undefined;
      const look = () => {
        next = undefined;
        if (wrong().length === 0) end(resolve);
      };
      const listener = () => {
        next ??= setTimeout(look, pace);
      };
      const end = (settle: () => void) => {
        clearTimeout(timer);
        clearTimeout(next);
        this.#listeners.delete(listener);
        settle();
      };
      const timer = setTimeout(() => end(() => reject(givenUp())), withinMs);
      this.#listeners.add(listener);
      listener();
    });
  }
}
