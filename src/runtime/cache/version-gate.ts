/** Lets readers wait until a watch has passed a resource version, so that they read their own writes. */
import { compareResourceVersions } from './resource-version.ts';

interface Waiter {
  readonly resourceVersion: string;
  readonly resolve: (reached: boolean) => void;
  readonly timer: NodeJS.Timeout;
}

export class VersionGate {
  #passed: string | undefined;
  readonly #waiters = new Set<Waiter>();

  get passed(): string | undefined {
    return this.#passed;
  }

  /** Everything up to here was seen. A version older than the last (after a restore of etcd) counts as the truth. */
  pass(resourceVersion: string): void {
    this.#passed = resourceVersion;
    if (this.#waiters.size === 0) return;
    for (const waiter of this.#waiters) {
      if (compareResourceVersions(waiter.resourceVersion, resourceVersion) > 0) continue;
      this.#waiters.delete(waiter);
      clearTimeout(waiter.timer);
      waiter.resolve(true);
    }
  }

  /** True when it was passed within `capMs`. */
  reached(resourceVersion: string, capMs: number): Promise<boolean> {
    if (this.#passed !== undefined && compareResourceVersions(resourceVersion, this.#passed) <= 0) {
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        resolve(false);
      }, capMs);
      const waiter: Waiter = { resourceVersion, resolve, timer };
      this.#waiters.add(waiter);
    });
  }
}
