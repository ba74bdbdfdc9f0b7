/** What tests ask of Migrations, and of the volumes they move. */

import { waitUntil } from '#cluster/wait.ts';
import { Migration, type MigrationPhase, type MigrationSpec } from '#crds/migration.ts';
import { PersistentVolume, PersistentVolumeClaim } from '#runtime/client/kinds.ts';
import { type Backups, patience } from './backups.ts';

/** As one writes it: what has a default may be left out, at any depth. */
export type MigrationOrder = { [K in keyof MigrationSpec]?: object | string | boolean | number };

export class Migrations {
  readonly #backups: Backups;

  constructor(backups: Backups) {
    this.#backups = backups;
  }

  get #sandbox() {
    return this.#backups.sandbox;
  }

  begin(name: string, spec: MigrationOrder): Promise<string> {
    return this.#backups.apply('Migration', name, spec);
  }

  /** Resolves when it has ended, however. */
  async run(name: string, spec: MigrationOrder): Promise<Migration> {
    await this.begin(name, spec);
    return this.ended(name);
  }

  /** Resolves when it has ended, however. */
  ended(name: string): Promise<Migration> {
    return this.#backups.ended(Migration, name);
  }

  change(name: string, spec: MigrationOrder): Promise<unknown> {
    return this.#sandbox.kubectl(['patch', 'migration', name, '--type=merge', `--patch=${JSON.stringify({ spec })}`]);
  }

  /** Resolves once it is in that phase. @throws Error when it ends before */
  reached(name: string, phase: MigrationPhase): Promise<Migration> {
    return this.#sandbox.eventually(
      `Migration ${name} is ${phase}`,
      () => {
        const found = this.#sandbox.get(Migration, name);
        if (found?.status?.phase === phase) return found;
        if (found?.status?.outcome === undefined) return false;
        throw new Error(`it ended as ${found.status.outcome}: ${found.status.failure?.message ?? ''}`);
      },
      patience,
    );
  }

  /** `Plan=Succeeded … Duties/CleanUp=Succeeded` */
  states(status: Migration['status']): string {
    return (status?.steps ?? [])
      .map(({ itinerary, name, state }) => `${itinerary === undefined ? '' : `${itinerary}/`}${name}=${state}`)
      .join(' ');
  }

  /** The volume that the claim is bound to. */
  async volumeOf(claim: string): Promise<PersistentVolume | undefined> {
    const { namespace, client } = this.#sandbox;
    const found = await client.get(PersistentVolumeClaim, { namespace, name: claim });
    return found?.spec.volumeName === undefined ? undefined : this.volume(found.spec.volumeName);
  }

  volume(name: string): Promise<PersistentVolume | undefined> {
    return this.#sandbox.client.get(PersistentVolume, { name });
  }

  volumeGone(name: string): Promise<unknown> {
    return waitUntil(`volume ${name} is gone`, async () => (await this.volume(name)) === undefined, {
      timeoutMs: patience,
      intervalMs: 500,
    });
  }
}
