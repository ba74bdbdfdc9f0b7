/** A sandbox with an object store and a default BackupStore in it, and what tests ask of the two. */
import { Backup, type BackupSpec } from '#crds/backup.ts';
import { BackupStore } from '#crds/backup-store.ts';
import { Restore, type RestoreSpec } from '#crds/restore.ts';
import { Secret } from '#runtime/client/kinds.ts';
import { apiVersionOf, type Kind } from '#runtime/client/types.ts';
import type { RunObject } from '#runtime/controller/types.ts';
import { type ClusterStore, startStore } from '#test/fixtures/store.ts';
import { ask, keptNotes, write } from './notes.ts';
import { Sandbox } from './sandbox.ts';

/** Milliseconds a run may take: many times what it does, for several run at once, each in pods of its own. */
export const patience = 240_000;

/** The BackupStore that `open` makes. */
const usualStore = 'offsite';

export class Backups implements AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly store: ClusterStore;

  private constructor(sandbox: Sandbox, store: ClusterStore) {
    this.sandbox = sandbox;
    this.store = store;
  }

  /** Resolves once the default BackupStore is Ready. @param purpose of the namespace */
  static async open(purpose: string): Promise<Backups> {
    const sandbox = await Sandbox.open(purpose);
    return Backups.#with(sandbox, await startStore(sandbox.kubectl, sandbox.namespace));
  }

  /** The same in a namespace of its own, with folders of its own in the object store of `other`. */
  static async openBeside(other: Backups, purpose: string): Promise<Backups> {
    const sandbox = await Sandbox.open(purpose);
    await copySecret({ from: other, name: other.store.secret, to: sandbox });
    return Backups.#with(sandbox, other.store);
  }

  static async #with(sandbox: Sandbox, store: ClusterStore): Promise<Backups> {
    const backups = new Backups(sandbox, store);
    await backups.declareStore(usualStore, { default: true });
    await backups.storeReady(usualStore);
    return backups;
  }

  apply(kind: string, name: string, spec: object): Promise<string> {
    const object = { apiVersion: 'dokkerr.io/v1alpha1', kind, metadata: { name }, spec };
    return this.sandbox.kubectl(['apply', '--filename', '-'], JSON.stringify(object));
  }

  /** A store with a repository of its own. */
  declareStore(name: string, more: object = {}, s3: object = {}): Promise<string> {
    const { endpoint, bucket, secret } = this.store;
    return this.apply('BackupStore', name, {
      s3: { endpoint, bucket, prefix: this.prefixOf(name), credentialsRef: { name: secret }, ...s3 },
      ...more,
    });
  }

  /** The folder in which that BackupStore keeps its repository. */
  prefixOf(store: string): string {
    return `${this.sandbox.namespace}/${store}`;
  }

  storeReady(name: string): Promise<BackupStore> {
    return this.sandbox.eventually(`BackupStore ${name} Ready`, () => {
      const found = this.sandbox.get(BackupStore, name);
      return found?.status?.phase === 'Ready' && found;
    });
  }

  /** Resolves when it has ended, however. */
  async backUp(name: string, spec: Partial<BackupSpec>): Promise<Backup> {
    await this.apply('Backup', name, spec);
    return this.ended(Backup, name);
  }

  /** Resolves when it has ended, however. */
  async bringBack(name: string, spec: Partial<RestoreSpec>): Promise<Restore> {
    await this.apply('Restore', name, spec);
    return this.ended(Restore, name);
  }

  /** Resolves when it has ended, however. */
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

  async notesOf(name: string): Promise<string> {
    return ask(await this.sandbox.url(name), '/notes');
  }

  /** A Container with that note on its volume. */
  async noted(name: string, note: string): Promise<void> {
    await this.sandbox.declare(name, keptNotes());
    await this.sandbox.ready(name);
    await write(await this.sandbox.url(name), note);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.sandbox[Symbol.asyncDispose]();
  }
}

/** As an administrator does who keeps one elsewhere. @param as its name there, when another one */
export async function copySecret(what: { from: Backups; name: string; to: Sandbox; as?: string }): Promise<void> {
  const { from, name, to, as = name } = what;
  const secret = await from.sandbox.client.get(Secret, { namespace: from.sandbox.namespace, name });
  if (secret === undefined) throw new Error(`there is no Secret ${name} in namespace ${from.sandbox.namespace}`);
  await to.client.create(Secret, {
    apiVersion: apiVersionOf(Secret),
    kind: Secret.kind,
    metadata: { namespace: to.namespace, name: as },
    type: 'Opaque',
    data: secret.data ?? {},
  });
}
