/** A writer that never rests: creates, edits and deletes ConfigMaps of one namespace until it is stopped. */
import { ConfigMap } from '#runtime/client/kinds.ts';
import type { Client } from '#runtime/client/types.ts';

export class Churn {
  readonly #client: Client;
  readonly #namespace: string;
  readonly #running: Promise<void>;
  #stopped = false;
  writes = 0;

  /** @param names objects that come and go */
  constructor(client: Client, namespace: string, names = 30) {
    this.#client = client;
    this.#namespace = namespace;
    this.#running = this.#run(Array.from({ length: names }, (_, index) => `churn-${index}`));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(names: readonly string[]): Promise<void> {
    for (let turn = 0; !this.#stopped; turn++) {
      // A stride that shares no factor with the number of names visits all of them, deleting every third time.
      const name = names[(turn * 7) % names.length] ?? 'churn';
      const key = { namespace: this.#namespace, name };
      if (turn % 3 === 2) await this.#client.delete(ConfigMap, key);
      else {
        const data = { turn: String(turn) };
        await this.#client.apply(ConfigMap, { apiVersion: 'v1', kind: 'ConfigMap', metadata: key, data });
      }
      this.writes += 1;
    }
  }
}
