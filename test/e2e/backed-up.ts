/** A namespace with an object store in it, and the words in which tests of backups speak: declare, back up, bring back. */
import { Backup, type BackupSpec } from '#crds/backup.ts';
import { BackupStore } from '#crds/backup-store.ts';
import { Restore, type RestoreSpec } from '#crds/restore.ts';
import type { Kind } from '#runtime/client/types.ts';
import type { RunObject } from '#runtime/controller/types.ts';
import { type ClusterStore, startStore } from '#test/fixtures/store.ts';
import { keptNotes, write } from './notes.ts';
import { Sandbox } from './sandbox.ts';

/** Milliseconds a run may take: many times what it does, for several run at once, each in pods of its own. */
const patience = 240_000;

export class BackedUp implements AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly store: ClusterStore;

  private constructor(sandbox: Sandbox, store: ClusterStore) {
    this.sandbox = sandbox;
    this.store = store;
  }

  static async open(purpose: string): Promise<BackedUp> {
    const sandbox = await Sandbox.open(purpose);
    return new BackedUp(sandbox, await startStore(sandbox.kubectl, sandbox.namespace));
  }

  /** The same store, spoken of from another namespace. */
  in(sandbox: Sandbox): BackedUp {
    return new BackedUp(sandbox, this.store);
  }

  apply(kind: string, name: string, spec: object): Promise<unknown> {
    const object = { apiVersion: 'dokkerr.io/v1alpha1', kind, metadata: { name }, spec };
    return this.sandbox.kubectl(['apply', '--filename', '-'], JSON.stringify(object));
  }

  /** A store whose repository lies in the folder `prefix`, by default one of its own; resolves once it is Ready. */
  async declareStore(name: string, more: object = {}, prefix: string = name): Promise<BackupStore> {
    const { endpoint, bucket, secret } = this.store;
    await this.apply('BackupStore', name, {
      s3: { endpoint, bucket, prefix, credentialsRef: { name: secret } },
      ...more,
    });
    return this.storeWhen(name, 'Ready', ({ status, metadata }) => {
      const ready = status?.conditions?.find(({ type }) => type === 'Ready');
      return ready?.status === 'True' && status?.observedGeneration === metadata.generation;
    });
  }

  /** The store once it is as said. */
  storeWhen(name: string, what: string, holds: (store: BackupStore) => boolean): Promise<BackupStore> {
    return this.sandbox.eventually(
      `BackupStore ${name} ${what}`,
      () => {
        const found = this.sandbox.get(BackupStore, name);
        return found !== undefined && holds(found) && found;
      },
      patience,
    );
  }

  /** Asks for maintenance by annotation, each time anew. */
  ask(store: string, what: 'check' | 'prune' | 'sync', value: string): Promise<unknown> {
    return this.sandbox.kubectl(['annotate', 'backupstore', store, `dokkerr.io/${what}=${value}`, '--overwrite']);
  }

  async backUp(name: string, spec: Partial<BackupSpec>): Promise<Backup> {
    await this.apply('Backup', name, spec);
    return this.ended(Backup, name);
  }

  async bringBack(name: string, spec: Partial<RestoreSpec>): Promise<Restore> {
    await this.apply('Restore', name, spec);
    return this.ended(Restore, name);
  }

  /** The run, once it has ended. */
  ended<T extends RunObject>(kind: Kind<T>, name: string): Promise<T> {
    return this.sandbox.eventually(
      `the end of ${kind.kind} ${name}`,
      () => {
        const found = this.sandbox.get(kind, name);
        return found?.status?.outcome !== undefined && found;
      },
      patience,
    );
  }

  /** A Container with these notes on its volume. */
  async noted(name: string, ...notes: string[]): Promise<void> {
    await this.sandbox.declare(name, keptNotes());
    await this.sandbox.ready(name);
    for (const note of notes) await write(await this.sandbox.url(name), note);
  }

  /** The objects under that folder of the bucket, in bytes by name. */
  async objects(prefix: string): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    const { client, bucket } = this.store;
    for await (const item of client.listObjectsV2(bucket, `${prefix}/`, true)) {
      const { name, size } = item as { name?: string; size?: number };
      if (name !== undefined) found.set(name, size ?? 0);
    }
    return found;
  }

  async bytes(prefix: string): Promise<number> {
    return [...(await this.objects(prefix)).values()].reduce((sum, size) => sum + size, 0);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.sandbox[Symbol.asyncDispose]();
  }
}
