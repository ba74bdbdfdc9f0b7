/**
 * The volumes of workloads exchanged under the names of their claims, and back, by the contracts of a migration alone: its
 * controller adds the data and the decisions. What is read in the end is what the program itself finds on its volume.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STORAGE_CLASSES } from '#cluster/storage/manifests.ts';
import { waitUntil } from '#cluster/wait.ts';
import type { Rebinding } from '#contracts/volume/decide.ts';
import { migratedBy } from '#contracts/volume/marks.ts';
import { rebind } from '#contracts/volume/rebind.ts';
import { discardStaging, giveBack, retire } from '#contracts/volume/settle.ts';
import { changedShape, shapeOf } from '#contracts/volume/shape.ts';
import { findWorkloads } from '#contracts/workload/find.ts';
import { workloadReadiness } from '#contracts/workload/readiness.ts';
import { startWorkload, stopWorkload } from '#contracts/workload/stop.ts';
import type { WorkloadRef } from '#contracts/workload/workload.ts';
import { Container } from '#crds/container.ts';
import { Deployment, PersistentVolume, PersistentVolumeClaim, Pod, StatefulSet } from '#runtime/client/kinds.ts';
import { ask, keptNotes, write } from './notes.ts';
import { conditionOf, Sandbox } from './sandbox.ts';

const { standard, fast } = STORAGE_CLASSES;
const patient = { timeoutMs: 120_000, intervalMs: 500 };

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.open('rebind');
});
afterAll(() => sandbox[Symbol.asyncDispose]());

const claimNow = async (name: string) => {
  const claim = await sandbox.client.get(PersistentVolumeClaim, { namespace: sandbox.namespace, name });
  if (claim === undefined) throw new Error(`claim ${name} is not there`);
  return claim;
};
const volumeNow = (name: string) => sandbox.client.get(PersistentVolume, { name });

function claimOf(name: string, storageClassName: string, annotations: Record<string, string> = {}) {
  const requests = { storage: '32Mi' };
  const spec = { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests } };
  const metadata = { namespace: sandbox.namespace, name, annotations };
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec };
}

/** The example program, without a Container around it. */
function podOf(name: string, claim?: string) {
  const volume = { name: 'data', persistentVolumeClaim: { claimName: claim ?? '' } };
  return {
    metadata: { labels: { app: name } },
    spec: {
      terminationGracePeriodSeconds: 1,
      securityContext: { fsGroup: 65532 },
      containers: [
        {
          name: 'notes',
          image: 'localhost/notes:1.0',
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
          readinessProbe: { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 1 },
        },
      ],
      ...(claim === undefined ? {} : { volumes: [volume] }),
    },
  };
}

/** Where the one pod of the workload answers once it is ready. */
async function urlOf(name: string): Promise<string> {
  const pod = await sandbox.eventually(`a ready pod of ${name}`, () =>
    sandbox
      .list(Pod)
      .filter(({ metadata: { labels = {} } }) => labels.app === name || labels['dokkerr.io/container'] === name)
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .find(({ status }) => status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True')),
  );
  return sandbox.podUrl(pod.metadata.name);
}

/** A claim of another class with a note of its own in it, which no pod uses any more. */
async function fill(name: string, note: string, migration: string): Promise<string> {
  await sandbox.client.create(PersistentVolumeClaim, claimOf(name, fast, { [migratedBy]: migration }));
  const { metadata, spec } = podOf(name, name);
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, namespace: sandbox.namespace, name }, spec };
  await sandbox.client.create(Pod, object);
  await write(await urlOf(name), note);
  await sandbox.delete(Pod, name);
  await sandbox.eventually(`pod ${name} has ended`, () => sandbox.get(Pod, name) === undefined);
  return (await claimNow(name)).spec.volumeName ?? '';
}

interface Moved {
  readonly ref: WorkloadRef;
  readonly claim: string;
  readonly ways: Readonly<Record<'there' | 'back', Rebinding>>;
}

/** @param name of the workload, whose pods are ready */
async function prepare(kind: WorkloadRef['kind'], name: string, claim: string): Promise<Moved> {
  const { namespace, client } = sandbox;
  const migration = `${namespace}/${name}`;
  await write(await urlOf(name), 'on the old volume');
  const volume = await fill(`${name}-staging`, 'on the new volume', migration);
  const source = await claimNow(claim);
  const old = source.spec.volumeName ?? '';
  const named = { namespace, name: claim };
  const shape = changedShape(shapeOf(source), { migration, storageClassName: fast });
  const found = await findWorkloads(client, namespace, [claim]);
  expect(found).toMatchObject({ workloads: [{ workload: { kind, name }, replicas: 1 }], strangers: [] });
  return {
    ref: { kind, namespace, name },
    claim,
    ways: {
      there: { claim: named, volume, shape, replaces: [old], migration },
      back: { claim: named, volume: old, replaces: [volume], migration },
    },
  };
}

const requesterOf = ({ ref }: Moved) => `Migration/${ref.name}`;

async function stop(moved: Moved): Promise<void> {
  const stopping = { workload: moved.ref, requester: requesterOf(moved), claims: [moved.claim] };
  const isStopped = async () => (await stopWorkload(sandbox.client, stopping)).kind === 'done';
  await waitUntil(`${moved.ref.name} stopped`, isStopped, patient);
}

async function start(moved: Moved): Promise<void> {
  const isStarted = async () => (await startWorkload(sandbox.client, moved.ref, requesterOf(moved))).kind === 'done';
  await waitUntil(`${moved.ref.name} started`, isStarted, patient);
  const isReady = async () => {
    const readiness = await workloadReadiness(sandbox.client, moved.ref);
    if (!readiness.ready) throw new Error(readiness.message);
    return true;
  };
  await waitUntil(`${moved.ref.name} ready`, isReady, patient);
}

async function move(moved: Moved, way: 'there' | 'back'): Promise<string> {
  await stop(moved);
  const isDone = async () => (await rebind(sandbox.client, moved.ways[way])).done;
  await waitUntil(`claim ${moved.claim} bound`, isDone, patient);
  await start(moved);
  return ask(await urlOf(moved.ref.name), '/notes');
}

async function thereAndBack(moved: Moved): Promise<void> {
  const before = await claimNow(moved.claim);
  expect(await move(moved, 'there')).toBe('on the new volume\n');
  expect((await claimNow(moved.claim)).spec).toMatchObject({
    storageClassName: fast,
    volumeName: moved.ways.there.volume,
  });
  expect(await move(moved, 'back')).toBe('on the old volume\n');
  const { metadata, spec } = await claimNow(moved.claim);
  expect(spec).toEqual(before.spec);
  expect(shapeOf({ ...before, metadata })).toEqual(shapeOf(before));
}

/** Nothing is left of the migration but the old volume under the old name, with the policy it had. */
async function leaveNothing({ ref, ways: { there } }: Moved): Promise<void> {
  const { migration, volume } = there;
  const claim = { namespace: sandbox.namespace, name: `${ref.name}-staging` };
  const isGone = async () => (await discardStaging(sandbox.client, { claim, volume, migration })) === 'gone';
  await waitUntil(`volume ${volume} gone`, isGone, patient);
  const old = there.replaces[0] ?? '';
  expect(await giveBack(sandbox.client, old)).toBe('given');
  const kept = await volumeNow(old);
  expect(kept?.spec.persistentVolumeReclaimPolicy).toBe('Delete');
  expect(Object.keys(kept?.metadata.annotations ?? {}).filter((key) => key.startsWith('dokkerr.io/'))).toEqual([]);
}

describe.concurrent('the volume under the name of a claim is another one, and then the old one again', () => {
  test('for a Deployment', async () => {
    const name = 'desk';
    const { namespace, client } = sandbox;
    await client.create(PersistentVolumeClaim, claimOf('desk-data', standard));
    const spec = {
      replicas: 1,
      strategy: { type: 'Recreate' },
      selector: { matchLabels: { app: name } },
      template: podOf(name, 'desk-data'),
    };
    await client.create(Deployment, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace, name }, spec });
    const moved = await prepare('Deployment', name, 'desk-data');
    await thereAndBack(moved);
    await leaveNothing(moved);
  });

  test('for a StatefulSet whose claims come of its templates', async () => {
    const name = 'shelf';
    const { metadata: _, ...template } = claimOf('data', standard);
    const spec = {
      replicas: 1,
      serviceName: name,
      selector: { matchLabels: { app: name } },
      template: podOf(name),
      volumeClaimTemplates: [{ ...template, metadata: { name: 'data' } }],
    };
    const metadata = { namespace: sandbox.namespace, name };
    await sandbox.client.create(StatefulSet, { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata, spec });
    const moved = await prepare('StatefulSet', name, 'data-shelf-0');
    await thereAndBack(moved);
    await leaveNothing(moved);
  });

  test('for a Container, which tells of it, and goes on though its spec still names the old class', async () => {
    const name = 'box';
    const claim = { size: '32Mi', storageClassName: standard, deletionPolicy: 'Delete' as const };
    const spec = keptNotes({ volumes: [{ name: 'data', mountPath: '/data', claim }] });
    await sandbox.declare(name, spec);
    await sandbox.ready(name);
    const moved = await prepare('Container', name, 'data-box-0');
    await stop(moved);
    const stopped = await sandbox.eventually('the Container says that it is stopped', () => {
      const container = sandbox.get(Container, name);
      return container && conditionOf(container, 'Ready')?.reason === 'Stopped' && container;
    });
    expect(conditionOf(stopped, 'Ready')?.message).toContain(`stopped for Migration/${name}`);
    await thereAndBack(moved);
    await leaveNothing(moved);
  });
});

test('a Container keeps a migrated claim over a change and over its own deletion, and the old volume goes', async () => {
  const name = 'trunk';
  const claim = { size: '32Mi', storageClassName: standard };
  const spec = keptNotes({ volumes: [{ name: 'data', mountPath: '/data', claim }] });
  await sandbox.declare(name, spec);
  await sandbox.ready(name);
  // Without it only the operator may delete a claim that holds data of a Container.
  await sandbox.kubectl(['annotate', 'pvc', 'data-trunk-0', 'dokkerr.io/allow-deletion=true']);
  const moved = await prepare('Container', name, 'data-trunk-0');
  expect(await move(moved, 'there')).toBe('on the new volume\n');
  const { volume, replaces } = moved.ways.there;
  expect(await giveBack(sandbox.client, volume)).toBe('given');
  const isGone = async () => (await retire(sandbox.client, replaces[0] ?? '')) === 'gone';
  await waitUntil('the old volume gone', isGone, patient);
  await sandbox.declare(name, { ...spec, podAnnotations: { changed: 'yes' } });
  await sandbox.ready(name);
  await sandbox.delete(Container, name);
  await sandbox.eventually(
    'the Container is gone',
    () => sandbox.pods(name).length === 0 && !sandbox.get(StatefulSet, name),
  );
  await sandbox.declare(name, spec);
  await sandbox.ready(name);
  expect(await ask(await urlOf(name), '/notes')).toBe('on the new volume\n');
  expect((await claimNow(moved.claim)).spec).toMatchObject({ storageClassName: fast, volumeName: volume });
  expect((await volumeNow(volume))?.spec.persistentVolumeReclaimPolicy).toBe('Delete');
});
