/** Watches an informer's events as a suspicious reader would, and compares what they add up to with the API server. */
import { expect } from 'vitest';
import { compareResourceVersions } from '#runtime/cache/resource-version.ts';
import type { Change, Informer } from '#runtime/cache/types.ts';
import { type Client, type KubernetesObject, keyOf, type ListOptions } from '#runtime/client/types.ts';

export class Witness<T extends KubernetesObject> {
  readonly #informer: Informer<T>;
  readonly #versions = new Map<string, string>();
  /** sentences about events that cannot have happened in this order */
  readonly contradictions: string[] = [];
  readonly changes: Change<T>[] = [];

  constructor(informer: Informer<T>) {
    this.#informer = informer;
    informer.subscribe((change) => {
      this.changes.push(change);
      this.#judge(change);
    });
  }

  /** Waits until events, cache and a fresh list say the same, and nothing before contradicted itself. */
  async agrees(client: Client, options: ListOptions): Promise<void> {
    await expect
      .poll(
        async () => {
          const { items } = await client.list(this.#informer.kind, options);
          const truth = sorted(items.map((item) => [keyOf(item), item.metadata.resourceVersion ?? '']));
          const cached = sorted(
            this.#informer.list().map((item) => [keyOf(item), item.metadata.resourceVersion ?? '']),
          );
          const told = sorted([...this.#versions]);
          return { told: differences(told, truth), cached: differences(cached, truth) };
        },
        { timeout: 60_000, interval: 100 },
      )
      .toEqual({ told: [], cached: [] });
    expect(this.contradictions).toEqual([]);
  }

  #judge(change: Change<T>): void {
    const key = keyOf(change.object);
    const version = change.object.metadata.resourceVersion ?? '';
    const known = this.#versions.get(key);
    switch (change.type) {
      case 'added':
        if (known !== undefined) this.contradictions.push(`${key} was added though it was there`);
        this.#versions.set(key, version);
        break;
      case 'updated':
        if (known === undefined) this.contradictions.push(`${key} was updated though it was not there`);
        else if (compareResourceVersions(version, known) <= 0) {
          this.contradictions.push(`${key} went from ${known} to ${version}`);
        }
        this.#versions.set(key, version);
        break;
      case 'deleted':
        if (known === undefined) this.contradictions.push(`${key} was deleted though it was not there`);
        this.#versions.delete(key);
        break;
    }
  }
}

type Version = readonly [key: string, resourceVersion: string];

const sorted = (versions: readonly Version[]): readonly string[] =>
  versions.map(([key, version]) => `${key} ${version}`).sort();

const differences = (found: readonly string[], truth: readonly string[]): string[] => [
  ...found.filter((line) => !truth.includes(line)).map((line) => `not true: ${line}`),
  ...truth.filter((line) => !found.includes(line)).map((line) => `missed: ${line}`),
];
