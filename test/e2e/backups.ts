/** A sandbox with an object store and a default BackupStore in it, and what tests ask of the two. */
import { buffer } from 'node:stream/consumers';
import { Backup, type BackupSpec } from '#crds/backup.ts';
import { BackupStore } from '#crds/backup-store.ts';
import { Restore, type RestoreSpec } from '#crds/restore.ts';
import type { Kind } from '#runtime/client/types.ts';
import type { RunObject } from '#runtime/controller/types.ts';
import type { MinioServer } from '#test/fixtures/minio.ts';
import { type ClusterStore, startStore } from '#test/fixtures/store.ts';
import { ask, keptNotes, write } from './notes.ts';
import { Sandbox } from './sandbox.ts';
import { copySecret, createSecret } from './secrets.ts';

/** Milliseconds a run may take: many times what it does, for several run at once, each in pods of its own. */
export const patience = 400_000;

/** The BackupStore that `open` makes. */
const usualStore = 'offsite';

export class Backups implements AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly store: ClusterStore;
  /** of the bucket, with its slash; '' where the whole of it is this sandbox's own */
  readonly #folder: string;

  private constructor(sandbox: Sandbox, store: ClusterStore, folder = '') {
    this.sandbox = sandbox;
    this.store = store;
    this.#folder = folder;
  }

  /** Resolves once the default BackupStore is Ready. @param purpose of the namespace */
  static async open(purpose: string): Promise<Backups> {
    const sandbox = await Sandbox.open(purpose);
    return Backups.#with(new Backups(sandbox, await startStore(sandbox.kubectl, sandbox.namespace)));
  }

  /** The same over a server of the test's own. @param endpoint where pods reach it, if not at its own address */
  static async openOver(server: MinioServer, purpose: string, endpoint = server.endpoint): Promise<Backups> {
    const sandbox = await Sandbox.open(purpose);
    const { repository, credentials } = await server.newStore();
    const { client } = server;
    await createSecret(sandbox, 'store', { ...credentials });
    return Backups.#with(new Backups(sandbox, { endpoint, secret: 'store', bucket: repository.bucket, client }));
  }

  /** The same in a namespace of its own, with folders of its own in the object store of `other`. */
  static async openBeside(other: Backups, purpose: string): Promise<Backups> {
    const sandbox = await Sandbox.open(purpose);
    await copySecret({ from: other.sandbox, name: other.store.secret, to: sandbox });
    return Backups.#with(new Backups(sandbox, other.store, `${sandbox.namespace}/`));
  }

  static async #with(backups: Backups): Promise<Backups> {
    await backups.declareStore(usualStore, { default: true });
    return backups;
  }

  /** The same stores, spoken of from another namespace. */
  in(sandbox: Sandbox): Backups {
    return new Backups(sandbox, this.store, this.#folder);
  }

  apply(kind: string, name: string, spec: object): Promise<string> {
    const object = { apiVersion: 'dokkerr.io/v1alpha1', kind, metadata: { name }, spec };
    return this.sandbox.kubectl(['apply', '--filename', '-'], JSON.stringify(object));
  }

  /** A store with a repository of its own, which need not become Ready. */
  applyStore(name: string, more: object = {}, s3: object = {}): Promise<string> {
    const { endpoint, bucket, secret } = this.store;
    return this.apply('BackupStore', name, {
      s3: { endpoint, bucket, prefix: this.prefixOf(name), credentialsRef: { name: secret }, ...s3 },
      ...more,
    });
  }

  /** The same; resolves once it is Ready as it was declared last. */
  async declareStore(name: string, more: object = {}, s3: object = {}): Promise<BackupStore> {
    await this.applyStore(name, more, s3);
    return this.storeReady(name);
  }

  storeReady(name: string): Promise<BackupStore> {
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

  /** The folder in which that BackupStore keeps its repository. */
  prefixOf(store: string): string {
    return `${this.#folder}${store}`;
  }

  /** Asks for maintenance by annotation, each time anew. */
  ask(store: string, what: 'check' | 'prune' | 'sync', value: string): Promise<unknown> {
    return this.sandbox.kubectl(['annotate', 'backupstore', store, `dokkerr.io/${what}=${value}`, '--overwrite']);
  }

  /** What that BackupStore keeps in the bucket, in bytes by name. */
  async objects(store: string): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    const { client, bucket } = this.store;
    for await (const item of client.listObjectsV2(bucket, `${this.prefixOf(store)}/`, true)) {
      const { name, size } = item as { name?: string; size?: number };
      if (name !== undefined) found.set(name, size ?? 0);
    }
    return found;
  }

  /** Changes a byte in the middle of the largest pack of that BackupStore, as a failing disk does. */
  async damage(store: string): Promise<void> {
    const { client, bucket } = this.store;
    const packs = [...(await this.objects(store))].filter(([name]) => name.startsWith(`${this.prefixOf(store)}/data/`));
    const [largest = ''] = packs.toSorted(([, a], [, b]) => b - a)[0] ?? [];
    const content = await buffer(await client.getObject(bucket, largest));
    const middle = content.length >> 1;
    content[middle] = (content[middle] ?? 0) ^ 0xff;
    await client.putObject(bucket, largest, content);
  }

  async bytes(store: string): Promise<number> {
    return [...(await this.objects(store)).values()].reduce((sum, size) => sum + size, 0);
  }

  /** Resolves when it has ended, however. */
  async backUp(name: string, spec: Partial<BackupSpec>, withinMs = patience): Promise<Backup> {
    await this.apply('Backup', name, spec);
    return this.ended(Backup, name, withinMs);
  }

  /** Resolves when it has ended, however. */
  async bringBack(name: string, spec: Partial<RestoreSpec>, withinMs = patience): Promise<Restore> {
    await this.apply('Restore', name, spec);
    return this.ended(Restore, name, withinMs);
  }

  /** Resolves when it has ended, however. */
  ended<T extends RunObject>(kind: Kind<T>, name: string, withinMs = patience): Promise<T> {
    return this.sandbox.eventually(
      `the end of ${kind.kind} ${name}`,
      () => {
        const found = this.sandbox.get(kind, name);
        return found?.status?.outcome !== undefined && found;
      },
      withinMs,
    );
  }

  async notesOf(name: string): Promise<string> {
    return ask(await this.sandbox.url(name), '/notes');
  }

  /** A Container with these notes on its volume. */
  async noted(name: string, ...notes: string[]): Promise<void> {
    await this.sandbox.declare(name, keptNotes());
    await this.sandbox.ready(name);
    for (const note of notes) await write(await this.sandbox.url(name), note);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.sandbox[Symbol.asyncDispose]();
  }
}
