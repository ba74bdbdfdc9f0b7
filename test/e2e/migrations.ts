/** What tests ask of Migrations, and of the volumes they move. */

import { waitUntil } from '#cluster/wait.ts';
import { Migration, type MigrationPhase, type MigrationSpec } from '#crds/migration.ts';
import { Deployment, PersistentVolume, PersistentVolumeClaim, Pod, StatefulSet } from '#runtime/client/kinds.ts';
import { apiVersionOf } from '#runtime/client/types.ts';
import { type Backups, patience } from './backups.ts';
import { ask } from './notes.ts';

/** Milliseconds a migration may take: four runs with pods of their own, one behind the other, and others beside it. */
const longest = 560_000;

/** As one writes it: what has a default may be left out, at any depth. */
export type MigrationOrder = { [K in keyof MigrationSpec]?: object | string | boolean | number };

/** A program of the notes. */
export function program(name: string, ...args: string[]) {
  return { name, image: 'localhost/notes:1.0', args, timeoutSeconds: 120 };
}

/** The notes, which keep their data in the volume `data`: a claim of that name, or one that a template makes. */
function notesPod(app: string, claimName?: string) {
  return {
    metadata: { labels: { app } },
    spec: {
      securityContext: { runAsUser: 65_532, runAsGroup: 65_532, fsGroup: 65_532 },
      terminationGracePeriodSeconds: 5,
      containers: [
        {
          name: 'notes',
          image: 'localhost/notes:1.0',
          readinessProbe: { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 1 },
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        },
      ],
      ...(claimName === undefined ? {} : { volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] }),
    },
  };
}

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
    return this.#backups.ended(Migration, name, longest);
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
      longest,
    );
  }

  /** Resolves once it has been in that phase, which it may have left. */
  passed(name: string, phase: MigrationPhase): Promise<unknown> {
    return this.#sandbox.eventually(
      `Migration ${name} ${phase}`,
      () => this.#sandbox.history(Migration, name).some(({ status }) => status?.phase === phase),
      longest,
    );
  }

  /** `Plan=Succeeded … Duties/CleanUp=Succeeded` */
  states(status: Migration['status']): string {
    return (status?.steps ?? [])
      .map(({ itinerary, name, state }) => `${itinerary === undefined ? '' : `${itinerary}/`}${name}=${state}`)
      .join(' ');
  }

  /** The notes as a Deployment of one pod, with a claim that is declared by hand; resolves once it is ready. */
  async deployed(name: string, claim: string): Promise<void> {
    const { namespace, client } = this.#sandbox;
    await client.create(PersistentVolumeClaim, {
      apiVersion: 'v1',
      kind: PersistentVolumeClaim.kind,
      metadata: { namespace, name: claim },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '32Mi' } } },
    });
    await client.create(Deployment, {
      apiVersion: apiVersionOf(Deployment),
      kind: Deployment.kind,
      metadata: { namespace, name },
      spec: {
        selector: { matchLabels: { app: name } },
        strategy: { type: 'Recreate' },
        template: notesPod(name, claim),
      },
    });
    await this.#sandbox.eventually(
      `Deployment ${name} is ready`,
      () => this.#sandbox.get(Deployment, name)?.status?.readyReplicas === 1,
    );
  }

  /** The notes as a StatefulSet with a claim for each of its two pods; resolves once both are ready. */
  async replicated(name: string): Promise<void> {
    const { namespace, client } = this.#sandbox;
    await client.create(StatefulSet, {
      apiVersion: apiVersionOf(StatefulSet),
      kind: StatefulSet.kind,
      metadata: { namespace, name },
      spec: {
        serviceName: name,
        replicas: 2,
        selector: { matchLabels: { app: name } },
        template: notesPod(name),
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '32Mi' } } },
          },
        ],
      },
    });
    await this.#sandbox.eventually(
      `StatefulSet ${name} is ready`,
      () => this.#sandbox.get(StatefulSet, name)?.status?.readyReplicas === 2,
    );
  }

  /** Where the one pod of a Deployment answers. */
  async podUrl(deployment: string): Promise<string> {
    const pod = await this.#sandbox.eventually(`a pod of ${deployment}`, () =>
      this.#sandbox
        .list(Pod)
        .find(
          ({ metadata, status }) =>
            metadata.labels?.app === deployment &&
            metadata.deletionTimestamp === undefined &&
            status?.phase === 'Running',
        ),
    );
    return this.#sandbox.podUrl(pod.metadata.name);
  }

  async notesOfPod(deployment: string): Promise<string> {
    return ask(await this.podUrl(deployment), '/notes');
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
